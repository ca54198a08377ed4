import type { LedgerEntry } from '../protocol/ledger-entry.ts';
import { participantsIn } from '../protocol/participants.ts';
import { type ScoreReport, scoreReports } from './score-reports.ts';

/** An evaluator whose scores follow another's. */
export interface ScoreEcho {
  readonly evaluator: number;
  readonly of: number;
  /** Rounds between the two: 0 for scores of the same round, 1 for those that the other revealed one round before. */
  readonly lag: number;
  /** Of the ranks that both give, over all rounds. */
  readonly correlation: number;
}

/** Held-out parts differ, and so do the orders that honest evaluators give: up to 0.7 was measured, with 60 records each. */
const ECHO_CORRELATION = 0.9;

/** So many times closer to 1 than what is usual in the study. */
const OUTLIER_RATIO = 4;

/** Scores of fewer contributions may follow each other by chance. */
const MINIMUM_COMPARED = 30;

/** Honest evaluators often order fewer members of a round alike: the right order is the same for all of them. */
const FEWEST_OF_A_ROUND = 5;

/** By round the ranks that an evaluator gives; null for who was not scored. */
type Ranks = ReadonlyMap<number, readonly (number | null)[]>;

/**
 * Evaluators that report what another one does, a round later or in the same round: who copies revealed scores, slightly changed or not, or
 * shares one evaluation. Where all evaluators agree as much as that, no one stands out, and there is no echo; nor is there among fewer than seven
 * members, of whom two have too few others to score in common.
 * @param entries the study's log
 */
export function scoreEchoes(entries: readonly LedgerEntry[]): ScoreEcho[] {
  const reports = scoreReports(entries);
  const evaluators = participantsIn(entries).map(
    ({ position }): Ranks =>
      new Map(reports.flatMap((r) => (r.evaluator === position ? [[r.round, ranksOf(r)] as const] : []))),
  );
  const pairs = evaluators.flatMap((own, evaluator) =>
    evaluators.flatMap((other, of) =>
      of === evaluator ? [] : [0, 1].flatMap((lag) => correlate({ evaluator, of, lag }, own, other)),
    ),
  );
  const sameRound = pairs.filter(({ lag }) => lag === 0).map(({ correlation }) => correlation);
  const typical = sameRound.toSorted((a, b) => a - b)[Math.floor(sameRound.length / 2)] ?? 0;
  const bound = Math.max(ECHO_CORRELATION, 1 - (1 - typical) / OUTLIER_RATIO);
  return pairs.filter(({ correlation }) => correlation > bound);
}

function ranksOf({ scores }: ScoreReport): (number | null)[] {
  const sorted = scores.filter((score) => score !== null).toSorted((a, b) => a - b);
  return scores.map((score) => (score === null ? null : (sorted.indexOf(score) + sorted.lastIndexOf(score)) / 2));
}

/** Pearson's correlation of the ranks, each round around its own means. */
function correlate(pair: Omit<ScoreEcho, 'correlation'>, own: Ranks, other: Ranks): ScoreEcho[] {
  let [product, squares, theirSquares, compared] = [0, 0, 0, 0];
  for (const [round, ranks] of own) {
    const theirs = other.get(round - pair.lag) ?? [];
    const both = ranks.flatMap((rank, p) => {
      const their = theirs[p] ?? null;
      return rank === null || their === null ? [] : [[rank, their] as const];
    });
    if (both.length < FEWEST_OF_A_ROUND) continue;
    const [mean, theirMean] = [0, 1].map(
      (side) => both.reduce((sum, ranked) => sum + (ranked[side] ?? 0), 0) / both.length,
    );
    for (const [rank, their] of both) {
      const [x, y] = [rank - (mean ?? 0), their - (theirMean ?? 0)];
      product += x * y;
      squares += x * x;
      theirSquares += y * y;
    }
    compared += both.length;
  }
  const lengths = Math.sqrt(squares * theirSquares);
  return compared < MINIMUM_COMPARED || lengths === 0 ? [] : [{ ...pair, correlation: Math.min(1, product / lengths) }];
}
