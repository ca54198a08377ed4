import { pino } from 'pino';
import type { Logger } from '../base/logger.ts';
import { runPeer } from '../peer/create-peer.ts';
import { dataFolder } from '../peer/data-folder.ts';
import type { PeerEvent } from '../peer/peer-event.ts';
import { required } from './command-line.ts';
import { type Command, EXIT_OK } from './run-command.ts';

export const peerStartCommand: Command = {
  spec: {
    usage: 'consilium peer start --data <folder> [options]',
    summary:
      "Runs a member's peer through its study: joins, trains, exchanges segments, values, and records it all on the ledger.",
    options: {
      data: { type: 'string', value: '<folder>', help: "the member's data folder, with peer.json, keystore and data" },
      json: { type: 'boolean', help: 'print one JSON event a line' },
    },
  },
  async run(values, _positionals, signal) {
    const path = required(values, 'data');
    const print = values.json === true ? JSON.stringify : describe;
    const logger = fileLogger(dataFolder(path).log);
    const emit = (event: PeerEvent): void => {
      const { event: name, ...details } = event;
      logger.info(name, details);
      process.stdout.write(`${print(event)}\n`);
    };
    await runPeer({ logger, emit }, path, signal);
    return EXIT_OK;
  },
};

/** Logs JSON lines to the data folder; the events on standard output are for people and launchers. */
function fileLogger(file: string): Logger {
  const log = pino({ level: 'debug', base: null }, pino.destination({ dest: file, sync: true, mkdir: true }));
  return {
    debug: (event, values) => log.debug({ event, ...values }),
    info: (event, values) => log.info({ event, ...values }),
    warn: (event, values) => log.warn({ event, ...values }),
    error: (event, values) => log.error({ event, ...values }),
  };
}

function describe(event: PeerEvent): string {
  const { event: name, ...values } = event;
  const parts = Object.entries(values).map(
    ([key, value]) => `${key}=${typeof value === 'object' ? JSON.stringify(value) : value}`,
  );
  return [name, ...parts].join(' ');
}
