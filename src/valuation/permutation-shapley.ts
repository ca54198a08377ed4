import type { SeededRandom } from '../base/seeded-random.ts';
import { createSampleMean, type Estimates } from './sample-mean.ts';
import { everybody, type Utility } from './utility.ts';

export interface SamplingTerms {
  /** The most draws. */
  readonly draws: number;
  /** Fewer are enough once no value has a larger standard error; 0 for never. */
  readonly standardError: number;
  /** An order is followed until the utility is this near to everybody's, in shares of everybody's; 0 for to its end. */
  readonly truncation: number;
}

/** Before so many draws an error says too little to stop by it. */
const LEAST_DRAWS = 10;

/**
 * Shapley values as means of the players' marginal worths over random orders of joining (Castro, Gómez and Tejada 2009), truncated as in
 * Ghorbani and Zou 2019 (TMC-Shapley): once the utility is near enough to everybody's, the rest of an order is not evaluated. Unlike there, those
 * who have not joined share what is missing equally, so that each order's marginals, and with them the values, sum to the whole utility.
 * @param utility should remember what it computed
 */
export function permutationShapley(
  players: number,
  utility: Utility,
  terms: SamplingTerms,
  random: SeededRandom,
): Promise<Estimates> {
  const draw = async (): Promise<number[]> => marginals(random.shuffle(everybody(players)), utility, terms.truncation);
  return meanOfDraws(players, draw, { ...terms, leastDraws: LEAST_DRAWS });
}

/** Draws until there are enough, or the error is small enough. */
export async function meanOfDraws(
  players: number,
  draw: () => Promise<readonly number[]>,
  terms: Pick<SamplingTerms, 'draws' | 'standardError'> & { readonly leastDraws: number },
): Promise<Estimates> {
  const mean = createSampleMean(players);
  const isSure = (): boolean =>
    terms.standardError > 0 &&
    mean.draws() >= terms.leastDraws &&
    Math.max(...mean.estimates().standardErrors) <= terms.standardError;
  while (mean.draws() < terms.draws && !isSure()) mean.add(await draw());
  return mean.estimates();
}

/** What each player adds when they join in this order. */
export async function marginals(order: readonly number[], utility: Utility, truncation: number): Promise<number[]> {
  const added = order.map(() => 0);
  const all = await utility(everybody(order.length));
  let before = await utility([]);
  for (const [joined, player] of order.entries()) {
    const missing = all - before;
    if (Math.abs(missing) < truncation * Math.abs(all)) {
      const absent = order.slice(joined);
      for (const each of absent) added[each] = missing / absent.length;
      break;
    }
    const after = await utility(order.slice(0, joined + 1).toSorted((a, b) => a - b));
    added[player] = after - before;
    before = after;
  }
  return added;
}
