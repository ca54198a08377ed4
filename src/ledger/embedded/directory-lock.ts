import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { ConsiliumError, messageOf } from '../../base/errors.ts';

/** Held while a process uses a folder; the operating system lets go of it when the process dies, however it dies. */
export interface DirectoryLock {
  release(): void;
}

/**
 * Locks `directory` against other processes, and against a second use in this one. Node has no file locks of its own,
 * but SQLite takes real ones, which unlike a file with a process id in it cannot be left behind.
 * @throws ConsiliumError `ledger/directory-locked`, `ledger/journal-unwritable`
 */
export function lockDirectory(directory: string): DirectoryLock {
  const database = openLock(directory);
  try {
    database.exec('PRAGMA journal_mode = OFF; PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
  } catch (cause) {
    database.close();
    throw new ConsiliumError(
      'ledger/directory-locked',
      `${directory} is in use by another process: stop that one, or choose another folder`,
      { details: { directory }, cause },
    );
  }
  return { release: () => database.close() };
}

function openLock(directory: string): DatabaseSync {
  try {
    return new DatabaseSync(join(directory, 'lock.sqlite'));
  } catch (cause) {
    throw new ConsiliumError(
      'ledger/journal-unwritable',
      `${directory} cannot be written (${messageOf(cause)}): make room or give write access, then open the chain again`,
      { details: { directory }, cause },
    );
  }
}
