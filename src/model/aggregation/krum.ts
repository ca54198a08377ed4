import { type MixedSegment, type Mixture, outvoted } from './mixture.ts';
import { orderBy } from './order-by.ts';
import { pairwiseDistances } from './pairwise-distances.ts';
import { weightedMean } from './weighted-mean.ts';

/**
 * Sum of the squared distances of each source to its n − b − 2 nearest others, at least one (Blanchard et al. 2017, arXiv 1703.02757).
 */
export function krumScores(sources: readonly Float32Array[], attackers: number): number[] {
  const neighbours = Math.max(1, sources.length - outvoted(attackers, sources.length) - 2);
  return pairwiseDistances(sources).map((row, i) => {
    const others = row.filter((_, j) => j !== i).toSorted((a, b) => a - b);
    let score = 0;
    for (const distance of others.slice(0, neighbours)) score += distance * distance;
    return score;
  });
}

/**
 * Krum with `selected` = 1, multi-Krum beyond: the plain mean of the sources with the lowest scores. Weights play no part.
 */
export function krum(mixture: Mixture, { attackers, selected }: { attackers: number; selected: number }): MixedSegment {
  const chosen = orderBy(krumScores(mixture.sources, attackers)).slice(0, selected);
  return weightedMean(
    mixture,
    mixture.sources.map((_, i) => (chosen.includes(i) ? 1 : 0)),
  );
}
