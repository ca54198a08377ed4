import type { LedgerEntry } from '../protocol/ledger-entry.ts';
import { participantsIn } from '../protocol/participants.ts';
import { type ScoreReport, scoreReports } from './score-reports.ts';

/** Reports of one evaluator by round. */
type Reports = ReadonlyMap<number, ScoreReport['scores']>;

/**
 * Correlated agreement of evaluators, after Shnayder et al. 2016 (doi:10.1145/2940716.2940790), by the ledger alone. A task is a pair of
 * contributions of one round; a report says which of the two was worth more. Two evaluators earn 1 where they say the same of a task
 * and lose 1 where not: Kendall's τ. The penalty for agreeing on different tasks is zero, because each pair counts in both orders. So
 * who always reports the same, or anything, earns nothing on average, and who reports the opposite earns less than nothing. Neither
 * evaluator's own contribution is compared, and fewer than half of the others cannot move the median over them.
 * @param entries the study's log
 * @returns for each position from −1 to 1; null where nothing can be compared
 */
export function evaluatorAgreements(entries: readonly LedgerEntry[]): (number | null)[] {
  const all = scoreReports(entries);
  const evaluators = participantsIn(entries).map(
    ({ position }): Reports =>
      new Map(all.flatMap((r) => (r.evaluator === position ? [[r.round, r.scores] as const] : []))),
  );
  const earned = evaluators.map((own, e) => evaluators.slice(0, e).map((other) => agreementOf(own, other)));
  return evaluators.map((_, e) => {
    const withOthers = evaluators.flatMap((__, o) => (o === e ? [] : (earned[Math.max(e, o)]?.[Math.min(e, o)] ?? [])));
    const sorted = withOthers.toSorted((a, b) => a - b);
    return sorted[Math.floor((sorted.length - 1) / 2)] ?? null;
  });
}

/** Concordant less discordant pairs ÷ all pairs of contributions that both scored. */
function agreementOf(own: Reports, other: Reports): number | null {
  let [earned, compared] = [0, 0];
  for (const [round, scores] of own) {
    const theirs = other.get(round);
    if (theirs === undefined) continue;
    for (let i = 0; i < scores.length; i++) {
      for (let j = 0; j < i; j++) {
        const [a, b, c, d] = [scores[i] ?? null, scores[j] ?? null, theirs[i] ?? null, theirs[j] ?? null];
        if (a === null || b === null || c === null || d === null) continue;
        earned += Math.sign(a - b) * Math.sign(c - d);
        compared += 1;
      }
    }
  }
  return compared === 0 ? null : earned / compared;
}
