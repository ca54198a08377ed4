import type { LedgerIndex } from '../ledger/ledger-index.ts';
import { isLeftOut } from '../protocol/continuation.ts';
import { PeerError } from './peer-error.ts';
import type { PreparedMember } from './prepare-member.ts';

/**
 * Whether a member has something to begin with: in a study that continues another one the base that the manifest names for it, or, if it
 * names none, the others' once they have begun.
 * @param isUnderWay whether the folder knows where the member stands
 * @throws PeerError `peer/left-out`, `peer/not-continued`
 */
export function requireStart({ manifest, self }: PreparedMember, index: LedgerIndex, isUnderWay: boolean): void {
  const { continues } = manifest;
  if (isLeftOut(manifest, self)) {
    throw new PeerError('peer/left-out', `the study goes on without the work of ${self}, which can take no part in it`);
  }
  if (continues === null || continues.round === 0 || isUnderWay) return;
  if (continues.bases.some(({ member }) => member === self)) {
    throw new PeerError(
      'peer/not-continued',
      `the study goes on from round ${continues.round} of ${continues.study}, and this folder lacks this member's base there; ` +
        "make the folder with 'consilium peer continue' from the one of that study",
    );
  }
  if (index.entries().some(({ kind }) => kind === 'contribution')) return;
  throw new PeerError(
    'peer/not-continued',
    'the study goes on from a checkpoint in which this member had no part; start its peer once the others have begun',
  );
}
