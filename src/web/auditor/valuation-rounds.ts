import type { LedgerEntry } from '../../protocol/ledger-entry.ts';
import { participantsIn } from '../../protocol/participants.ts';
import type { ScoreReport } from '../../valuation/score-reports.ts';
import { MINIMUM_EVALUATORS, medianMicros } from '../../valuation/study-score.ts';
import type { ValuationRound, ValuationTable, ValuationTotal } from './audit-view.ts';

/** What members revealed of each other, round by round, with medians and how far reports are from them. */
export function valuationRounds(log: readonly LedgerEntry[], reports: readonly ScoreReport[]): ValuationRound[] {
  const positions = participantsIn(log).map((_, position) => position);
  const byRound = [...Map.groupBy(reports, ({ round }) => round)].toSorted(([a], [b]) => a - b);
  return byRound.map(([round, ofRound]) => ({
    round,
    ...tableOf(positions.map((position) => ofRound.find(({ evaluator }) => evaluator === position)?.scores ?? null)),
  }));
}

/**
 * The sums over the rounds, with their own medians. What counts is the sum of the rounds' medians, the study's score, in which a round without an
 * evaluator is no round of zeros.
 * @param members how many there are
 */
export function totalValuation(rounds: readonly ValuationRound[], members: number): ValuationTotal {
  const positions = Array.from({ length: members }, (_, position) => position);
  const told = (evaluator: number, member: number): number[] =>
    rounds.flatMap(({ reports }) => reports[evaluator]?.[member] ?? []);
  const all = positions.map((evaluator) => positions.map((member) => told(evaluator, member)));
  const sum = (scores: readonly number[]): number | null =>
    scores.length === 0 ? null : scores.reduce((total, score) => total + score, 0);
  return {
    ...tableOf(all.map((row) => row.map(sum))),
    rounds: all.map((row) => row.map((scores) => scores.length)),
  };
}

/** @param reports by position of the evaluator, then of the member */
function tableOf(reports: ValuationTable['reports']): ValuationTable {
  const members = Math.max(0, ...reports.map((row) => row?.length ?? 0));
  const given = Array.from({ length: members }, (_, member) => reports.flatMap((row) => row?.[member] ?? []));
  const medians = given.map((scores) => (scores.length < MINIMUM_EVALUATORS ? null : medianMicros(scores)));
  const disagreements = given.map((scores, member) => {
    const median = medians[member] ?? null;
    return median === null ? null : medianMicros(scores.map((score) => Math.abs(score - median)));
  });
  return { reports, medians, disagreements };
}
