import type { LedgerIndex } from '../ledger/ledger-index.ts';
import { epsilonMicros } from '../privacy/round-mechanism.ts';
import { PeerError } from './peer-error.ts';
import type { PreparedMember } from './prepare-member.ts';
import type { SpendLog } from './spend-log.ts';

/**
 * A folder that was restored from an older copy has forgotten what its member spent since, and would spend it again.
 * @throws PeerError `peer/restored-backup`
 */
export function requireWholeSpend(
  index: Pick<LedgerIndex, 'entries'>,
  spending: Pick<SpendLog, 'spent'>,
  { self, manifest }: Pick<PreparedMember, 'self' | 'manifest'>,
): void {
  const recorded = index.entries().reduce((most, entry) => {
    return entry.kind === 'contribution' && entry.record.member === self
      ? Math.max(most, entry.record.epsilonMicros)
      : most;
  }, 0);
  if (recorded === 0) return;
  const known = epsilonMicros(spending.spent(), manifest.deltaBudgetPicos);
  if (known >= recorded) return;
  throw new PeerError(
    'peer/restored-backup',
    `this member has recorded ε = ${recorded / 1e6} on the ledger, and its folder knows of ${known / 1e6}: the folder is an older copy; ` +
      'go on with the newest one',
  );
}
