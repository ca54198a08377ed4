import type { DatabaseSync } from 'node:sqlite';

/** Does all of `work` or none of it; what it returns is on disk. Calls may be nested: the outermost decides. */
export function transact<T>(database: DatabaseSync, work: () => T): T {
  if (database.isTransaction) return work();
  database.exec('BEGIN IMMEDIATE');
  try {
    const result = work();
    database.exec('COMMIT');
    return result;
  } catch (error) {
    database.exec('ROLLBACK');
    throw error;
  }
}
