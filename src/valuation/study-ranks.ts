import type { LedgerEntry } from '../protocol/ledger-entry.ts';
import { participantsIn } from '../protocol/participants.ts';
import { type ScoreReport, scoreReports } from './score-reports.ts';
import { MINIMUM_EVALUATORS, medianMicros } from './study-score.ts';

/** A member's place by the ledger alone, 1 the best. */
export interface StudyRank {
  /** One more than how many others come out ahead of it; members share a rank where none comes out ahead, or each ahead of another. */
  readonly rank: number;
  /** The best and the worst rank that it could have, if the order of members that evaluators do not agree on is left open. */
  readonly best: number;
  readonly worst: number;
}

/** Evaluators who tossed coins would agree as much in one comparison of twenty. */
const COIN_PROBABILITY = 0.05;

/**
 * Members compared two by two, by those who scored both and so are neither: what a member reports never touches its own rank, which it would if ranks
 * followed from scores, as it could push others past itself. Per round the median of their differences, where at least
 * {@link MINIMUM_EVALUATORS} told one; the sum over the rounds says who is ahead. It is sure if as many evaluators say so, each by the sum of its own
 * differences, that coins hardly would: a sign test, in which an evaluator counts once and not once a round, because it always measures on the same
 * records. Fewer than six evaluators are never sure of an order.
 * @param entries the study's log
 * @returns by position; null for who is compared with nobody
 */
export function studyRanks(entries: readonly LedgerEntry[]): (StudyRank | null)[] {
  const rounds = [...Map.groupBy(scoreReports(entries), ({ round }) => round).values()];
  const tallies = participantsIn(entries).map(() => ({ ahead: 0, surelyAhead: 0, surelyBehind: 0, compared: 0 }));
  for (const [i, ours] of tallies.entries()) {
    for (const [j, theirs] of tallies.slice(0, i).entries()) {
      const order = compare(rounds, i, j);
      if (order === null) continue;
      ours.compared += 1;
      theirs.compared += 1;
      if (order.sign === 0) continue;
      const [better, worse] = order.sign > 0 ? [ours, theirs] : [theirs, ours];
      worse.ahead += 1;
      if (!order.isSure) continue;
      worse.surelyAhead += 1;
      better.surelyBehind += 1;
    }
  }
  const ranked = tallies.filter(({ compared }) => compared > 0).length;
  return tallies.map(({ ahead, surelyAhead, surelyBehind, compared }) =>
    compared === 0 ? null : { rank: 1 + ahead, best: 1 + surelyAhead, worst: ranked - surelyBehind },
  );
}

interface Order {
  /** 1 if the first is ahead, −1 if the second is, 0 if neither. */
  readonly sign: number;
  readonly isSure: boolean;
}

/** Null if in no round enough others scored both. */
function compare(rounds: readonly (readonly ScoreReport[])[], first: number, second: number): Order | null {
  const sums = new Map<number, number>();
  let [difference, compared] = [0, 0];
  for (const reports of rounds) {
    const told = reports.flatMap(({ evaluator, scores }) => {
      const [a, b] = [scores[first] ?? null, scores[second] ?? null];
      return a === null || b === null ? [] : [{ evaluator, by: a - b }];
    });
    if (told.length < MINIMUM_EVALUATORS) continue;
    compared += 1;
    difference += medianMicros(told.map(({ by }) => by));
    for (const { evaluator, by } of told) sums.set(evaluator, (sums.get(evaluator) ?? 0) + by);
  }
  if (compared === 0) return null;
  const sign = Math.sign(difference);
  const signs = [...sums.values()].map(Math.sign).filter((each) => each !== 0);
  const agreeing = signs.filter((each) => each === sign).length;
  return { sign, isSure: coinProbability(signs.length, agreeing) <= COIN_PROBABILITY };
}

/** How likely so many of so many coins, or more, fall alike: the two-sided tail of the binomial distribution; at most 1. */
function coinProbability(coins: number, alike: number): number {
  let [ways, tail] = [1, 0];
  for (let others = 0; others <= coins - alike; others++) {
    tail += ways;
    ways = (ways * (coins - others)) / (others + 1);
  }
  return Math.min(1, (2 * tail) / 2 ** coins);
}
