import type { Hex } from '../base/bytes.ts';
import type { LedgerEntry } from '../protocol/ledger-entry.ts';
import { participantsIn } from '../protocol/participants.ts';
import { type ScoreReport, scoreReports } from './score-reports.ts';

/** What a study's members are worth by the ledger alone: anybody who reads it comes to the same integers. */
export interface StudyScores {
  /** Sum over the rounds of each member's round score, in millionths of a nat; null if it has a score in none of them. */
  readonly total: ReadonlyMap<Hex, number | null>;
  /** Each round's scores by member, in millionths; null where too few others scored it. */
  readonly byRound: ReadonlyMap<number, ReadonlyMap<Hex, number | null>>;
}

/** The median of fewer reports is in the hands of one or two of them. */
export const MINIMUM_EVALUATORS = 3;

/** Median of integers; of an even number of them the mean of the two in the middle, rounded down. */
export const medianMicros = (values: readonly number[]): number => medianOfSorted(Float64Array.from(values).sort());

/** The same of values that are in order already. @param without the place of one that is left out */
export function medianOfSorted(sorted: Float64Array, without = sorted.length): number {
  const length = sorted.length - (without < sorted.length ? 1 : 0);
  const at = (place: number): number => sorted[place < without ? place : place + 1] ?? 0;
  const upper = length >> 1;
  return length % 2 === 1 ? at(upper) : Math.floor((at(upper - 1) + at(upper)) / 2);
}

/**
 * Per round and member the median of the scores that the *other* members revealed, where at least {@link MINIMUM_EVALUATORS} did. The
 * study's score is the sum over rounds. Scores are only compared and added, never multiplied or divided by each other, so that two
 * negative ones cannot make a positive one.
 * @param entries the study's log
 * @param reports its {@link scoreReports}, for who has read them already
 */
export function studyScores(
  entries: readonly LedgerEntry[],
  reports: readonly ScoreReport[] = scoreReports(entries),
): StudyScores {
  const accounts = participantsIn(entries).map(({ account }) => account);
  const rounds = Map.groupBy(reports, ({ round }) => round);
  const byRound = new Map([...rounds].map(([round, ofRound]) => [round, roundScores(accounts, ofRound)] as const));
  const total = new Map<Hex, number | null>(accounts.map((account) => [account, null]));
  for (const scores of byRound.values()) {
    for (const [account, score] of scores) {
      if (score !== null) total.set(account, (total.get(account) ?? 0) + score);
    }
  }
  return { total, byRound };
}

function roundScores(
  accounts: readonly Hex[],
  reports: readonly { readonly scores: readonly (number | null)[] }[],
): Map<Hex, number | null> {
  const scores = new Map<Hex, number | null>();
  for (const [position, account] of accounts.entries()) {
    const given = reports.flatMap((report) => report.scores[position] ?? []);
    if (given.length > 0) scores.set(account, given.length < MINIMUM_EVALUATORS ? null : medianMicros(given));
  }
  return scores;
}
