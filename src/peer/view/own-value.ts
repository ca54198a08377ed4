import type { Hex } from '../../base/bytes.ts';
import type { LedgerEntry } from '../../protocol/ledger-entry.ts';
import { participantsIn } from '../../protocol/participants.ts';
import { scoreReports } from '../../valuation/score-reports.ts';
import { MINIMUM_EVALUATORS, studyScores } from '../../valuation/study-score.ts';
import type { ValueView } from '../member-view.ts';

/** What the ledger says of the worth of one member's contributions. @param entries the study's log */
export function ownValue(entries: readonly LedgerEntry[], self: Hex, method: string): ValueView {
  const own = participantsIn(entries).find(({ accounts }) => accounts.includes(self));
  const view = { method, minimumEvaluators: MINIMUM_EVALUATORS };
  if (own === undefined) return { ...view, rounds: [], totalMicros: null };
  const { byRound, total } = studyScores(entries);
  const reports = Map.groupBy(scoreReports(entries), ({ round }) => round);
  const rounds = [...reports].flatMap(([round, ofRound]) => {
    const given = ofRound.flatMap(({ scores }) => scores[own.position] ?? []);
    if (given.length === 0) return [];
    const scoreMicros = byRound.get(round)?.get(own.account) ?? null;
    const [lowestMicros, highestMicros] = [Math.min(...given), Math.max(...given)];
    return { round, scoreMicros, evaluators: given.length, lowestMicros, highestMicros };
  });
  return { ...view, rounds: rounds.toSorted((a, b) => a.round - b.round), totalMicros: total.get(own.account) ?? null };
}
