import { isConsiliumError } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import type { Route } from '../http/route.ts';
import { runPeer } from '../peer/create-peer.ts';
import { dataFolder } from '../peer/data-folder.ts';
import { readPeerConfig } from '../peer/peer-config.ts';
import type { PeerEvent } from '../peer/peer-event.ts';
import { readPageRoutes } from '../web/web-bundle.ts';
import { required } from './command-line.ts';
import { describeEvent } from './describe-event.ts';
import { createLogFile } from './log-file.ts';
import { type Command, EXIT_FAILURE, EXIT_OK } from './run-command.ts';

/** After a signal the process has ended within this time, whatever hangs. */
const STOP_MILLISECONDS = 10_000;

export const peerStartCommand: Command = {
  spec: {
    usage: 'consilium peer start --data <folder> [options]',
    summary:
      "Runs a member's peer through its study: joins, trains, exchanges segments, values, and records it all on the ledger.\n" +
      "SIGTERM, SIGINT or 'consilium peer stop' ends it within ten seconds, with exit code 0; the next start goes on where it was.",
    options: {
      data: { type: 'string', value: '<folder>', help: "the member's data folder, with peer.json, keystore and data" },
      stay: { type: 'boolean', help: "keep the member's page open after the study has ended, until Ctrl-C" },
      json: { type: 'boolean', help: 'print one JSON event a line' },
    },
  },
  async run(values, _positionals, signal) {
    const path = required(values, 'data');
    const print = values.json === true ? JSON.stringify : describeEvent;
    const folder = dataFolder(path);
    const { log, contract } = await readPeerConfig(folder.config);
    const logger = createLogFile(folder.log, log);
    const stay = values.stay === true;
    const emit = (event: PeerEvent): void => {
      const { event: name, ...details } = event;
      logger.info(name, details);
      process.stdout.write(`${print(event)}\n`);
      if (name === 'study.finished' && values.json !== true) process.stdout.write(describeEnd(path, contract, stay));
    };
    // The address opens the page, so it goes to the terminal and into no log; programs ask peer status for it.
    const onPage = (address: string): void => {
      if (values.json !== true) process.stdout.write(`page ${address}\n`);
    };
    endInTime(signal, logger);
    try {
      await runPeer({ logger, emit, page: await pageOrNone(logger), onPage, stay }, path, signal);
    } catch (error) {
      if (!signal.aborted) throw error;
      emit({ event: 'peer.stopped' });
    }
    return EXIT_OK;
  },
};

/** Where to look when a study has ended. */
function describeEnd(path: string, contract: string, stay: boolean): string {
  const page = stay
    ? 'The page above stays until Ctrl-C.'
    : `This member's page again: consilium peer start --stay --data ${path}`;
  return [
    `The study is finished. ${page}`,
    `The study by the ledger: consilium audit serve ${contract} --rpc <url>`,
    'With the evidence of all members: consilium evidence <folders> --out evidence.car, then consilium audit serve evidence.car',
    '',
  ].join('\n');
}

/** A study does not wait for a page: without its files the peer serves health, metrics and status alone. */
async function pageOrNone(logger: Logger): Promise<readonly Route[]> {
  try {
    return await readPageRoutes('member');
  } catch (error) {
    if (!isConsiliumError(error, 'web/not-built')) throw error;
    logger.warn('page.not-built', { remedy: error.message });
    process.stderr.write(`${error.code}: ${error.message}; the peer runs without its page\n`);
    return [];
  }
}

/**
 * Ends the process when stopping takes too long; everything that matters is on disk before it is said. Nobody calls it off: what is
 * still open when the peer has ended would keep the process alive as well.
 */
function endInTime(signal: AbortSignal, logger: Logger): void {
  signal.addEventListener('abort', () => {
    setTimeout(() => {
      logger.error('peer.stop-overdue', { milliseconds: STOP_MILLISECONDS });
      process.exit(EXIT_FAILURE);
    }, STOP_MILLISECONDS).unref();
  });
}
