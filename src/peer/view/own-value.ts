import type { Hex } from '../../base/bytes.ts';
import { MINIMUM_EVALUATORS } from '../../valuation/study-score.ts';
import type { ValueView } from '../member-view.ts';
import type { LogFacts } from './read-log.ts';

/** What the ledger says of the worth of one member's contributions. @param method of the study, by name */
export function ownValue({ participants, scores, reports }: LogFacts, self: Hex, method: string): ValueView {
  const own = participants.find(({ accounts }) => accounts.includes(self));
  const view = { method, minimumEvaluators: MINIMUM_EVALUATORS };
  if (own === undefined) return { ...view, rounds: [], totalMicros: null };
  const rounds = [...Map.groupBy(reports, ({ round }) => round)].flatMap(([round, ofRound]) => {
    const given = ofRound.flatMap((report) => report.scores[own.position] ?? []);
    if (given.length === 0) return [];
    const scoreMicros = scores.byRound.get(round)?.get(own.account) ?? null;
    const [lowestMicros, highestMicros] = [Math.min(...given), Math.max(...given)];
    return { round, scoreMicros, evaluators: given.length, lowestMicros, highestMicros };
  });
  const totalMicros = scores.total.get(own.account) ?? null;
  return { ...view, rounds: rounds.toSorted((a, b) => a.round - b.round), totalMicros };
}
