import { runSteps } from '../base/run-steps.ts';
import type { LedgerEntry } from '../protocol/ledger-entry.ts';
import { participantsIn } from '../protocol/participants.ts';
import { type ScoreReport, scoreReports } from './score-reports.ts';
import { MINIMUM_EVALUATORS, medianOfSorted } from './study-score.ts';

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
 * @param reports its {@link scoreReports}, for who has read them already
 * @returns by position; null for who is compared with nobody
 */
export function studyRanks(
  entries: readonly LedgerEntry[],
  reports: readonly ScoreReport[] = scoreReports(entries),
): (StudyRank | null)[] {
  return runSteps(rankInSteps(entries, reports));
}

/** The same in steps of one member each, for who has other work to do in between: long studies of many members take seconds. */
export function* rankInSteps(
  entries: readonly LedgerEntry[],
  reports: readonly ScoreReport[],
): Generator<undefined, (StudyRank | null)[]> {
  const rounds = [...Map.groupBy(reports, ({ round }) => round).values()].map(columnsOf);
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
    yield;
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

/** In sums and differences it stays what it is. */
const NOT_SCORED = Number.NaN;

/** What was revealed of one round: who says, and what of whom. */
interface RevealedRound {
  readonly evaluators: readonly number[];
  /** By position of the member, then in the order of the evaluators. */
  readonly columns: readonly Float64Array[];
}

function columnsOf(reports: readonly ScoreReport[]): RevealedRound {
  const members = Math.max(0, ...reports.map(({ scores }) => scores.length));
  return {
    evaluators: reports.map(({ evaluator }) => evaluator),
    columns: Array.from({ length: members }, (_, member) =>
      Float64Array.from(reports, ({ scores }) => scores[member] ?? NOT_SCORED),
    ),
  };
}

/** Null if in no round enough others scored both. */
function compare(rounds: readonly RevealedRound[], first: number, second: number): Order | null {
  const most = Math.max(0, ...rounds.map(({ evaluators }) => evaluators.length));
  const [by, who, sums] = [
    new Float64Array(most),
    new Int32Array(most),
    new Float64Array(rounds[0]?.columns.length ?? 0),
  ];
  let [difference, compared] = [0, 0];
  for (const { evaluators, columns } of rounds) {
    const [ofFirst, ofSecond] = [columns[first], columns[second]];
    if (ofFirst === undefined || ofSecond === undefined) continue;
    let told = 0;
    for (let i = 0; i < evaluators.length; i++) {
      const step = (ofFirst[i] ?? NOT_SCORED) - (ofSecond[i] ?? NOT_SCORED);
      if (Number.isNaN(step)) continue;
      by[told] = step;
      who[told] = evaluators[i] ?? 0;
      told += 1;
    }
    if (told < MINIMUM_EVALUATORS) continue;
    for (let i = 0; i < told; i++) sums[who[i] ?? 0] = (sums[who[i] ?? 0] ?? 0) + (by[i] ?? 0);
    compared += 1;
    difference += medianOfSorted(by.subarray(0, told).sort());
  }
  if (compared === 0) return null;
  const sign = Math.sign(difference);
  const signs = [...sums].map(Math.sign).filter((each) => each !== 0);
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
