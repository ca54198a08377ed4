import { openBundle } from '../../audit/read-bundle.ts';
import { readStudyLog } from '../../audit/read-study-log.ts';
import { connectLedger } from '../../ledger/ethers-ledger.ts';
import { createLedgerIndex } from '../../ledger/ledger-index.ts';
import { readMemberTerms } from '../../peer/read-member-terms.ts';
import { type Reproduction, reproduceRound } from '../../peer/reproduce-round.ts';
import type { LedgerEntry } from '../../protocol/ledger-entry.ts';
import { studyOf } from '../../protocol/manifest.ts';
import { type OptionValues, required, usageError, wholeNumber } from '../command-line.ts';
import { type Command, EXIT_FINDINGS, EXIT_OK, EXIT_USAGE } from '../run-command.ts';
import { showProgress } from '../show-progress.ts';

export const auditReproduceCommand: Command = {
  spec: {
    usage: 'consilium audit reproduce <data folder> --round <n> [options]',
    summary:
      "Inside a member: trains one of its own recorded rounds again, from the recorded base, with the member's seed and the data that it\n" +
      "committed to, and compares the update with the ledger's, bit for bit. The peer must have stopped; nothing leaves the folder, and\n" +
      'nothing in it is changed. Where a codec or an outer step carries something on, the rounds before are trained too. Exit code 0 if it\n' +
      'is the same, 3 if it is not, 2 if it cannot be told: another engine, noise for privacy, or data, key or seed that are gone.',
    positionals: true,
    options: {
      round: { type: 'string', value: '<n>', help: 'the round, from 0' },
      bundle: {
        type: 'string',
        value: '<file>',
        help: "take the study's log from this bundle; without it from the chain that peer.json names",
      },
      json: { type: 'boolean', help: 'print the outcome as JSON' },
    },
    examples: ['consilium audit reproduce study/peers/1 --round 3'],
  },
  async run(values, positionals, signal) {
    const [path] = positionals;
    if (path === undefined || positionals.length > 1) throw usageError('name one data folder; see --help');
    required(values, 'round');
    const round = wholeNumber(values, 'round', { min: 0, max: 100_000 });
    const log = await readLog(path, values);
    const reproduction = await reproduceRound(path, { round, log, signal, onEpoch: showProgress('epoch', values) });
    process.stdout.write(values.json === true ? `${JSON.stringify(reproduction)}\n` : `${describe(reproduction)}\n`);
    return EXIT_CODES[reproduction.outcome];
  },
};

const EXIT_CODES = { match: EXIT_OK, mismatch: EXIT_FINDINGS, cannot: EXIT_USAGE } as const;

/** @throws ConsiliumError `cli/usage` for a bundle of another study, or one that is not sound; LedgerError; AuditError */
async function readLog(path: string, { bundle: bundlePath }: OptionValues): Promise<readonly LedgerEntry[]> {
  const { config, manifest } = await readMemberTerms(path);
  const study = studyOf(manifest);
  if (typeof bundlePath === 'string') return logOfBundle(bundlePath, study);
  const connection = await connectLedger({ rpcUrl: config.rpcUrl, contract: config.contract });
  try {
    const index = createLedgerIndex(connection, study);
    await index.refresh();
    return index.entries();
  } finally {
    connection.close();
  }
}

async function logOfBundle(path: string, study: string): Promise<readonly LedgerEntry[]> {
  const bundle = await openBundle(path);
  try {
    if (bundle.evidence.study !== study) throw usageError(`--bundle ${path} is of another study than the data folder`);
    const { log, findings } = await readStudyLog(bundle, null);
    const [finding] = findings;
    if (finding !== undefined) {
      throw usageError(`--bundle ${path}: ${finding.code}: ${finding.message}; 'consilium audit verify' says more`);
    }
    return log;
  } finally {
    await bundle.close();
  }
}

function describe(reproduction: Reproduction): string {
  if (reproduction.outcome === 'cannot') return `CANNOT TELL (${reproduction.obstacle}): ${reproduction.message}`;
  const { member, round, update, engine, trained } = reproduction;
  const how = `engine ${engine.name} ${engine.version}${trained.length > 1 ? `; ${trained.length} rounds trained, because each carries something on` : ''}`;
  if (reproduction.outcome === 'match') {
    return `round ${round} of ${member} comes out the same, bit for bit: update ${update}\n${how}`;
  }
  const { at, found, segments } = reproduction;
  const where = at === round ? '' : `, which round ${round} builds on,`;
  return [
    `FINDING: round ${at} of ${member}${where} comes out differently: ${found}${at === round ? `, and the ledger has ${update}` : ''}`,
    ...(segments.length === 0 ? [] : [`segments that differ: ${segments.join(', ')}`]),
    how,
  ].join('\n');
}
