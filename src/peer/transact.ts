import type { DatabaseSync } from 'node:sqlite';
import { messageOf } from '../base/errors.ts';
import { PeerError } from './peer-error.ts';

/** Does all of `work` or none of it; what it returns is on disk. Calls may be nested: the outermost decides. */
export function transact<T>(database: DatabaseSync, work: () => T): T {
  if (database.isTransaction) return work();
  database.exec('BEGIN IMMEDIATE');
  try {
    const result = work();
    database.exec('COMMIT');
    return result;
  } catch (error) {
    // A full disk has rolled it back already.
    if (database.isTransaction) database.exec('ROLLBACK');
    throw unwritable(error, database.location() ?? 'the store');
  }
}

/** Turns what SQLite says of a full, failing or read-only disk into an error that names the file; other errors stay as they are. */
export function unwritable(error: unknown, path: string): unknown {
  const message = messageOf(error);
  if (!/disk is full|readonly|read-only|unable to open|disk I\/O/i.test(message)) return error;
  return new PeerError(
    'peer/store-unwritable',
    `${path} cannot be written (${message}): make room or give write access, then start again`,
    { details: { path }, cause: error },
  );
}
