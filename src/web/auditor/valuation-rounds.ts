import type { LedgerEntry } from '../../protocol/ledger-entry.ts';
import { participantsIn } from '../../protocol/participants.ts';
import type { ScoreReport } from '../../valuation/score-reports.ts';
import { MINIMUM_EVALUATORS, medianMicros } from '../../valuation/study-score.ts';
import type { ValuationRound } from './audit-view.ts';

/** What members revealed of each other, round by round, with medians and how far reports are from them. */
export function valuationRounds(log: readonly LedgerEntry[], reports: readonly ScoreReport[]): ValuationRound[] {
  const positions = participantsIn(log).map((_, position) => position);
  const byRound = [...Map.groupBy(reports, ({ round }) => round)].toSorted(([a], [b]) => a - b);
  return byRound.map(([round, ofRound]) => {
    const given = positions.map((position) => ofRound.flatMap(({ scores }) => scores[position] ?? []));
    const medians = given.map((scores) => (scores.length < MINIMUM_EVALUATORS ? null : medianMicros(scores)));
    return {
      round,
      reports: positions.map((position) => ofRound.find(({ evaluator }) => evaluator === position)?.scores ?? null),
      medians,
      disagreements: given.map((scores, position) => {
        const median = medians[position] ?? null;
        return median === null ? null : medianMicros(scores.map((score) => Math.abs(score - median)));
      }),
    };
  });
}
