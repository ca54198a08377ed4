import { runSteps } from '../base/run-steps.ts';
import type { LedgerEntry } from '../protocol/ledger-entry.ts';
import { participantsIn } from '../protocol/participants.ts';
import { type ScoreReport, scoreReports } from './score-reports.ts';
import { medianOfSorted } from './study-score.ts';

/**
 * Correlated agreement of evaluators, after Shnayder et al. 2016 (doi:10.1145/2940716.2940790), by the ledger alone. A task is a pair of
 * contributions of one round; a report says which of the two was worth more. An evaluator earns 1 where the medians of the others say the
 * same, and loses 1 where not: Kendall's τ. The penalty for agreeing on different tasks is zero, because each pair counts in both orders.
 * So who always reports the same, or anything, earns nothing on average, and who reports the opposite earns less than nothing. Its own
 * contribution is not compared, nor does what a member says of itself count, and fewer than half of the others cannot choose a median.
 * @param entries the study's log
 * @param reports its {@link scoreReports}, for who has read them already
 * @returns for each position from −1 to 1; null where nothing can be compared
 */
export function evaluatorAgreements(
  entries: readonly LedgerEntry[],
  reports: readonly ScoreReport[] = scoreReports(entries),
): (number | null)[] {
  return runSteps(agreeInSteps(entries, reports));
}

/** The same in steps of one round each, for who has other work to do in between. */
export function* agreeInSteps(
  entries: readonly LedgerEntry[],
  reports: readonly ScoreReport[],
): Generator<undefined, (number | null)[]> {
  const participants = participantsIn(entries);
  const sums = participants.map(() => ({ earned: 0, compared: 0 }));
  for (const ofRound of Map.groupBy(reports, ({ round }) => round).values()) {
    const given = participants.map((_, position) =>
      Float64Array.from(ofRound.flatMap(({ scores }) => scores[position] ?? [])).sort(),
    );
    for (const report of ofRound) {
      const { earned, compared } = compareOrders(report.scores, mediansWithout(report, given));
      const sum = sums[report.evaluator];
      if (sum !== undefined) {
        sum.earned += earned;
        sum.compared += compared;
      }
    }
    yield;
  }
  return sums.map(({ earned, compared }) => (compared === 0 ? null : earned / compared));
}

/** @param given all scores of the round by position, in order; those of the report are among them */
function mediansWithout({ scores }: ScoreReport, given: readonly Float64Array[]): (number | null)[] {
  return given.map((sorted, position) => {
    const own = scores[position] ?? null;
    if (sorted.length === (own === null ? 0 : 1)) return null;
    return own === null ? medianOfSorted(sorted) : medianOfSorted(sorted, sorted.indexOf(own));
  });
}

/** Concordant less discordant pairs, and all pairs that both put in an order. */
function compareOrders(ours: ScoreReport['scores'], theirs: ScoreReport['scores']) {
  let [earned, compared] = [0, 0];
  for (let i = 0; i < ours.length; i++) {
    for (let j = 0; j < i; j++) {
      const [a, b, c, d] = [ours[i] ?? null, ours[j] ?? null, theirs[i] ?? null, theirs[j] ?? null];
      if (a === null || b === null || c === null || d === null) continue;
      earned += Math.sign(a - b) * Math.sign(c - d);
      compared += 1;
    }
  }
  return { earned, compared };
}
