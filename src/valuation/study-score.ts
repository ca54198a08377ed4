import type { Hex } from '../base/bytes.ts';
import type { LedgerEntry } from '../protocol/ledger-entry.ts';
import { participantsIn } from '../protocol/participants.ts';
import { unpackScores } from '../protocol/valuation.ts';

/** What a study's members are worth by the ledger alone: anybody who reads it comes to the same integers. */
export interface StudyScores {
  /** Sum over the rounds of each member's round score, in millionths of a nat. */
  readonly total: ReadonlyMap<Hex, number>;
  /** Each round's scores by member, in millionths. */
  readonly byRound: ReadonlyMap<number, ReadonlyMap<Hex, number>>;
}

/** Median of integers; of an even number of them the lower of the two middles' rounded-down mean. */
export function medianMicros(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const upper = Math.floor(sorted.length / 2);
  if (sorted.length % 2 === 1) return sorted[upper] ?? 0;
  return Math.floor(((sorted[upper - 1] ?? 0) + (sorted[upper] ?? 0)) / 2);
}

/**
 * Per round and member the median of the scores that the *other* members revealed; a member's score of itself is dropped. The study's
 * score is the sum over rounds.
 * @param entries the study's log
 */
export function studyScores(entries: readonly LedgerEntry[]): StudyScores {
  const participants = participantsIn(entries);
  const reports = new Map<number, Map<Hex, number[]>>();
  for (const entry of entries) {
    if (entry.kind !== 'valuation') continue;
    const { round, evaluator, scores } = entry.record;
    const ofRound = reports.get(round) ?? new Map<Hex, number[]>();
    reports.set(round, ofRound);
    for (const [position, score] of unpackScores(scores).entries()) {
      const participant = participants[position];
      if (score === null || participant === undefined || participant.accounts.includes(evaluator)) continue;
      const member = participant.account;
      ofRound.set(member, [...(ofRound.get(member) ?? []), score]);
    }
  }
  const byRound = new Map(
    [...reports].map(
      ([round, ofRound]) => [round, new Map([...ofRound].map(([m, s]) => [m, medianMicros(s)]))] as const,
    ),
  );
  const total = new Map(participants.map(({ account }) => [account, 0]));
  for (const ofRound of byRound.values()) {
    for (const [member, score] of ofRound) total.set(member, (total.get(member) ?? 0) + score);
  }
  return { total, byRound };
}
