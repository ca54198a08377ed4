import { DatabaseSync } from 'node:sqlite';
import { messageOf } from '../base/errors.ts';
import { PeerError } from './peer-error.ts';
import { unwritable } from './transact.ts';

/** Raised when the tables change; a program refuses a file of another version. */
const SCHEMA_VERSION = 6;

const SCHEMA = `
  CREATE TABLE progress (only INTEGER PRIMARY KEY CHECK (only = 1), value BLOB NOT NULL) STRICT;
  CREATE TABLE signed (round INTEGER PRIMARY KEY, hash TEXT NOT NULL, draft BLOB) STRICT;
  CREATE TABLE equivocation (round INTEGER NOT NULL, member TEXT NOT NULL, value BLOB NOT NULL, PRIMARY KEY (round, member)) STRICT;
  CREATE TABLE announcement (
    round INTEGER NOT NULL, member TEXT NOT NULL, hash TEXT NOT NULL, value BLOB NOT NULL, PRIMARY KEY (round, member)) STRICT;
  CREATE TABLE reveal (
    round INTEGER NOT NULL, evaluator TEXT NOT NULL, value BLOB NOT NULL, PRIMARY KEY (round, evaluator)) STRICT;
  CREATE TABLE outbox (
    id INTEGER PRIMARY KEY, hash TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, value BLOB NOT NULL,
    state TEXT NOT NULL DEFAULT 'pending', sequence INTEGER, reason TEXT) STRICT;
  CREATE TABLE checkpoint (round INTEGER NOT NULL, member TEXT NOT NULL, value BLOB NOT NULL, PRIMARY KEY (round, member)) STRICT;
  CREATE TABLE spending (id INTEGER PRIMARY KEY, round INTEGER NOT NULL, value BLOB NOT NULL) STRICT;
  CREATE TABLE residual (round INTEGER PRIMARY KEY, value BLOB NOT NULL) STRICT;
  CREATE TABLE velocity (round INTEGER PRIMARY KEY, value BLOB NOT NULL) STRICT;
  PRAGMA user_version = ${SCHEMA_VERSION};
`;

/** Opens or makes the file of a peer's store. @throws PeerError `peer/store-locked`, `peer/store-version`, and what {@link unwritable} says */
export function openDatabase(path: string, readOnly: boolean): DatabaseSync {
  const database = open(path, readOnly);
  try {
    // Only one process may ever write, and so sign, from one data folder.
    if (!readOnly) {
      database.exec(
        'PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; BEGIN EXCLUSIVE; COMMIT;',
      );
    }
    const { user_version: version } = database.prepare('PRAGMA user_version').get() as { user_version: number };
    if (version !== 0 && version !== SCHEMA_VERSION) {
      throw new PeerError(
        'peer/store-version',
        `${path} was written by another version (${version}, not ${SCHEMA_VERSION}); use that one, or an empty data folder`,
      );
    }
    // All of it or nothing: whoever is killed in the middle makes it again.
    if (version === 0 && !readOnly) database.exec(`BEGIN IMMEDIATE; ${SCHEMA} COMMIT;`);
    return database;
  } catch (cause) {
    database.close();
    if (!/locked|busy/i.test(messageOf(cause))) throw unwritable(cause, path);
    throw new PeerError('peer/store-locked', `${path} is in use by another process; stop that peer first`, { cause });
  }
}

function open(path: string, readOnly: boolean): DatabaseSync {
  try {
    return new DatabaseSync(path, { readOnly, timeout: 1000 });
  } catch (cause) {
    throw unwritable(cause, path);
  }
}
