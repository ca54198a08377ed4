import { distances } from '../mix-kernel.ts';
import { type MixedSegment, type Mixture, outvoted, ownVector } from './mixture.ts';
import { orderBy } from './order-by.ts';
import { weightedMean } from './weighted-mean.ts';

/**
 * Nearest-neighbour averaging: the weighted mean of all but the b sources that lie farthest from the own vector (Farhadkhani et al. 2023,
 * arXiv 2209.10931).
 * @param attackers b̂
 */
export function nearestNeighbours(mixture: Mixture, attackers: number): MixedSegment {
  const { sources, weights } = mixture;
  const kept = sources.length - outvoted(attackers, sources.length);
  const chosen = orderBy(distances(ownVector(mixture), sources)).slice(0, kept);
  return weightedMean(
    mixture,
    weights.map((weight, j) => (chosen.includes(j) ? weight : 0)),
  );
}
