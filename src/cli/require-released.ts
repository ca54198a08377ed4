import { existsSync } from 'node:fs';
import { ConsiliumError, isConsiliumError } from '../base/errors.ts';
import type { DataFolder } from '../peer/data-folder.ts';
import { openPeerStore } from '../peer/peer-store.ts';

/**
 * For when no peer answers: makes sure that none is there either. A peer that is just starting, or hangs, holds its store without
 * answering, and must not be taken for one that does not run.
 * @throws ConsiliumError `cli/peer-silent`; PeerError `peer/store-version`, `peer/store-unwritable`
 */
export function requireReleased({ database, run }: DataFolder): void {
  if (!existsSync(database)) return;
  try {
    openPeerStore(database, { readOnly: true }).close();
  } catch (cause) {
    if (!isConsiliumError(cause, 'peer/store-locked')) throw cause;
    throw new ConsiliumError(
      'cli/peer-silent',
      `a process holds ${database}, and no peer answers: it is just starting, or it hangs. Try again in a few seconds; ` +
        `if nothing changes, end the process that ${run} names, or if there is no such file the one that 'consilium peer start' began`,
      { cause },
    );
  }
}
