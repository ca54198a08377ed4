import type { SeededRandom } from '../base/seeded-random.ts';
import { marginals, meanOfDraws, type SamplingTerms } from './permutation-shapley.ts';
import type { Estimates } from './sample-mean.ts';
import { everybody, type Utility } from './utility.ts';

export interface GuidedTerms extends SamplingTerms {
  /** A round whose whole utility is smaller, without sign, is not evaluated: everybody has an equal part of it. */
  readonly roundTruncation: number;
}

/** Before so many rotations an error says too little to stop by it. */
const LEAST_ROTATIONS = 3;

/**
 * GTG-Shapley (Liu, Chen, Chen et al. 2022, arXiv 2109.02053): coalitions are mixed of the updates at hand, not trained; a round that changes next to nothing
 * is skipped; and in each rotation every player leads one order once, so that everybody's worth alone is in every rotation. Orders are truncated as in
 * `permutationShapley`. The standard error is that of the mean over rotations, because a rotation's orders depend on each other.
 * @param terms `draws` are rotations, of `players` orders each
 */
export async function gtgShapley(
  players: number,
  utility: Utility,
  terms: GuidedTerms,
  random: SeededRandom,
): Promise<Estimates> {
  const all = await utility(everybody(players));
  if (Math.abs(all) < terms.roundTruncation) {
    return { values: everybody(players).map(() => all / players), standardErrors: everybody(players).map(() => 0) };
  }
  const rotation = async (): Promise<number[]> => {
    const sums = everybody(players).map(() => 0);
    for (const leader of everybody(players)) {
      const followers = random.shuffle(everybody(players).filter((player) => player !== leader));
      const added = await marginals([leader, ...followers], utility, terms.truncation);
      for (const player of everybody(players)) sums[player] = (sums[player] ?? 0) + (added[player] ?? 0);
    }
    return sums.map((sum) => sum / players);
  };
  return meanOfDraws(players, rotation, { ...terms, leastDraws: LEAST_ROTATIONS });
}
