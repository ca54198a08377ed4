import { type Hex, ZERO_DIGEST } from '../../base/bytes.ts';
import type { LedgerEntry } from '../../protocol/ledger-entry.ts';
import { participantsIn } from '../../protocol/participants.ts';

/** True once everybody who is still in the study has closed it, or its log is closed for good. */
export function isOver(entries: readonly LedgerEntry[], rounds: number): boolean {
  if (entries.at(-1)?.kind === 'closed') return true;
  const closers = new Set<Hex>();
  for (const { kind, record } of entries) {
    if (kind === 'contribution' && record.round === rounds) closers.add(record.member);
  }
  const present = participantsIn(entries).filter(({ endRound }) => endRound === null);
  return present.length > 0 && present.every(({ accounts }) => accounts.some((account) => closers.has(account)));
}

/** How many valuations were committed to and are not on the ledger: the last ones come after the closing records. */
export function countUnrevealed(entries: readonly LedgerEntry[]): number {
  const committed = new Set<string>();
  for (const { kind, record } of entries) {
    if (kind === 'contribution' && record.scoreCommitment !== ZERO_DIGEST) {
      committed.add(`${record.round - 1}/${record.member}`);
    }
    if (kind === 'valuation') committed.delete(`${record.round}/${record.evaluator}`);
  }
  return committed.size;
}
