import { randomBytes } from 'node:crypto';
import { isIP } from 'node:net';
import { openBundle } from '../../audit/read-bundle.ts';
import { systemClock } from '../../base/clock.ts';
import { messageOf } from '../../base/errors.ts';
import { untilAborted } from '../../base/until-aborted.ts';
import { startReadOnlyServer } from '../../http/read-only-server.ts';
import { connectLedger, type LedgerConnection } from '../../ledger/ethers-ledger.ts';
import { openBundleStudy } from '../../web/auditor/open-bundle-study.ts';
import { auditorRoutes, type StudyShelf } from '../../web/auditor/routes.ts';
import { shelfOfLedger, shelfOfOne } from '../../web/auditor/shelves.ts';
import { readPageRoutes } from '../../web/web-bundle.ts';
import { address, type OptionValues, required, usageError, wholeNumber } from '../command-line.ts';
import { type Command, EXIT_OK } from '../run-command.ts';
import { CHAIN_OPTIONS, connectIfAsked } from './chain-options.ts';

const LOOPBACK = ['127.0.0.1', '::1'];

export const auditServeCommand: Command = {
  spec: {
    usage: 'consilium audit serve <bundle | contract> [options]',
    summary:
      'Serves a page on which an auditor looks at a study: members, log, contributions with proofs, lineage, values, participation, findings.\n' +
      'From a bundle, and with --rpc and --contract against the chain; or from a Ledger contract alone (its address, with --rpc), as far\n' +
      'as the log tells. It only reads. Ends with Ctrl-C.',
    positionals: true,
    options: {
      ...CHAIN_OPTIONS,
      host: { type: 'string', value: '<address>', help: 'address to listen on', default: '127.0.0.1' },
      port: { type: 'string', value: '<n>', help: 'port to listen on; 0 takes a free one', default: '0' },
      'allow-remote': { type: 'boolean', help: 'needed for a host that is not loopback; the page then takes a token' },
      json: { type: 'boolean', help: 'print what happens as one JSON event a line' },
    },
    examples: [
      'consilium audit serve evidence.car',
      'consilium audit serve evidence.car --rpc http://127.0.0.1:8545 --contract 0x…',
      'consilium audit serve 0x… --rpc http://127.0.0.1:8545',
    ],
  },
  async run(values, positionals, signal) {
    const [subject] = positionals;
    if (subject === undefined || positionals.length > 1)
      throw usageError('name one bundle or one contract; see --help');
    const host = readHost(values);
    const port = wholeNumber(values, 'port', { min: 0, max: 65_535 });
    const token = LOOPBACK.includes(host) ? null : randomBytes(32).toString('hex');
    const page = await readPageRoutes('auditor');
    const opened = await openShelf(values, subject);
    try {
      const routes = [...auditorRoutes(opened.shelf), ...page];
      const onError = (error: unknown): void => void process.stderr.write(`${messageOf(error)}\n`);
      const server = await startReadOnlyServer(routes, { host, port, token, onError });
      const url = `${server.url}/${token === null ? '' : `#token=${token}`}`;
      const say = (event: string, text: string, details: object): void =>
        void process.stdout.write(`${values.json === true ? JSON.stringify({ event, ...details }) : text}\n`);
      say('audit.serving', `${url}\nCtrl-C ends it.`, { url });
      void opened.checked.then((told) => {
        if (told !== null) say(told.event, told.text, told.details);
      });
      await untilAborted(signal);
      await server.stop();
      return EXIT_OK;
    } finally {
      await opened.close();
    }
  },
};

function readHost(values: OptionValues): string {
  const host = required(values, 'host');
  if (isIP(host) === 0) throw usageError(`--host ${host}: give an IP address`);
  if (!LOOPBACK.includes(host) && values['allow-remote'] !== true) {
    throw usageError(`--host ${host} lets other machines read; give --allow-remote too if that is meant`);
  }
  return host;
}

interface OpenedShelf {
  readonly shelf: StudyShelf;
  /** What the check of a bundle came to; null where there is nothing to check. */
  readonly checked: Promise<Told | null>;
  close(): Promise<void>;
}

/** What is printed when the check is over: for people, or as an event. */
interface Told {
  readonly event: string;
  readonly text: string;
  readonly details: object;
}

function describeChecked(findings: number): Told {
  const words = findings === 0 ? 'no finding' : findings === 1 ? '1 finding' : `${findings} findings`;
  return { event: 'audit.checked', text: `checked: ${words}`, details: { findings } };
}

async function openShelf(values: OptionValues, subject: string): Promise<OpenedShelf> {
  return /^0x[0-9a-fA-F]{40}$/.test(subject) ? openContract(values, subject) : openBundleFile(values, subject);
}

async function openContract(values: OptionValues, subject: string): Promise<OpenedShelf> {
  if (values.contract !== undefined) throw usageError('the contract is named already; --contract goes with a bundle');
  if (values.rpc === undefined) throw usageError('a contract is read from a chain; give --rpc, the address of a node');
  const contract = address({ contract: subject }, 'contract');
  const ledger: LedgerConnection = await connectLedger({ rpcUrl: required(values, 'rpc'), contract });
  return {
    shelf: shelfOfLedger(ledger, () => systemClock.now()),
    checked: Promise.resolve(null),
    close: async () => ledger.close(),
  };
}

async function openBundleFile(values: OptionValues, path: string): Promise<OpenedShelf> {
  const ledger = await connectIfAsked(values);
  try {
    const bundle = await openBundle(path);
    try {
      const study = await openBundleStudy(bundle, ledger);
      return {
        shelf: shelfOfOne(study),
        checked: study.checked.then(() => {
          const { check } = study.view();
          if (check.state === 'done') return describeChecked(check.findings.length);
          const reason = check.state === 'failed' ? check.reason : 'it did not end';
          return {
            event: 'audit.check-failed',
            text: `the study could not be checked: ${reason}`,
            details: { reason },
          };
        }),
        close: async () => {
          await bundle.close();
          ledger?.close();
        },
      };
    } catch (error) {
      await bundle.close();
      throw error;
    }
  } catch (error) {
    ledger?.close();
    throw error;
  }
}
