import { weightedSum } from '../mix-kernel.ts';
import { equalShares, type MixedSegment, type Mixture, outvoted, unclipped } from './mixture.ts';
import { orderBy } from './order-by.ts';
import { pairwiseDistances } from './pairwise-distances.ts';
import { trimColumns } from './trimmed-mean.ts';

/**
 * Nearest-neighbour mixing, then the trimmed mean: each source is replaced by the plain mean of the n − b sources nearest to it, itself
 * among them (Allouah et al. 2023, arXiv 2302.01772). Weights play no part.
 * @param attackers b̂
 */
export function nearestNeighbourMixing(mixture: Mixture, attackers: number): MixedSegment {
  const { base, sources } = mixture;
  const trim = outvoted(attackers, sources.length);
  const neighbours = sources.length - trim;
  const means = pairwiseDistances(sources).map((row) => {
    const nearest = orderBy(row).slice(0, neighbours);
    return weightedSum(
      base,
      nearest.toSorted((a, b) => a - b).map((j) => ({ vector: sources[j] ?? base, weight: 1 / neighbours, scale: 1 })),
    );
  });
  return { mixed: trimColumns(means, trim), weights: equalShares(mixture), scales: unclipped(mixture) };
}
