import { appendFileSync, renameSync, statSync } from 'node:fs';
import { pino } from 'pino';
import type { Logger } from '../base/logger.ts';
import type { PeerConfig } from '../peer/peer-config.ts';

const MEGABYTE_BYTES = 1e6;

/**
 * Logs one JSON object a line to a file that only its owner can read. A file that would grow beyond its limit becomes `.1`, in place of
 * the one before it: the two never take more than twice the limit. Nothing is touched before the first line: a process that finds
 * the data folder taken leaves the log of the peer that has it alone.
 */
export function createLogFile(file: string, { level, maximumMegabytes }: PeerConfig['log']): Logger {
  const maximumBytes = maximumMegabytes * MEGABYTE_BYTES;
  let size: number | null = null;
  const write = (line: string): void => {
    const bytes = Buffer.byteLength(line);
    try {
      size ??= statSync(file, { throwIfNoEntry: false })?.size ?? 0;
      if (size > 0 && size + bytes > maximumBytes) {
        renameSync(file, `${file}.1`);
        size = 0;
      }
      appendFileSync(file, line, { mode: 0o600 });
      size += bytes;
    } catch {
      // A full disk stops a peer where it cannot keep what it signs, not where it only wants to say something.
      process.stderr.write(line);
    }
  };
  const log = pino({ level, base: null }, { write });
  return {
    debug: (event, values) => log.debug({ ...values, event }),
    info: (event, values) => log.info({ ...values, event }),
    warn: (event, values) => log.warn({ ...values, event }),
    error: (event, values) => log.error({ ...values, event }),
  };
}
