import type { Hex } from '../base/bytes.ts';
import type { LedgerEntry } from './ledger-entry.ts';

/** A member's part in a study, as the study's log tells it. */
export interface Participant {
  readonly position: number;
  /** The accounts that it joined with, oldest first: more than one if its key was rotated. */
  readonly accounts: readonly Hex[];
  /** The account that it has now. */
  readonly account: Hex;
  /** The first round of its present part. */
  readonly firstRound: number;
  /** The first round that it may not record; null while it takes part. */
  readonly endRound: number | null;
}

/** Everybody who ever joined, in order of position; a log that was tampered with may leave positions out. */
export function participantsIn(entries: readonly LedgerEntry[]): Participant[] {
  const byPosition: (Participant | undefined)[] = [];
  for (const entry of entries) {
    if (entry.kind === 'joined') {
      const { position, member, firstRound } = entry.record;
      const before = byPosition[position]?.accounts.filter((account) => account !== member) ?? [];
      byPosition[position] = { position, accounts: [...before, member], account: member, firstRound, endRound: null };
    }
    if (entry.kind !== 'withdrawn' && entry.kind !== 'excluded') continue;
    const { member, endRound } = entry.record;
    const left = byPosition.find((each) => each?.account === member);
    if (left !== undefined) byPosition[left.position] = { ...left, endRound };
  }
  return byPosition.filter((each) => each !== undefined);
}
