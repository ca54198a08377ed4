import { weightedSum } from '../mix-kernel.ts';
import { type MixedSegment, type Mixture, unclipped } from './mixture.ts';

/**
 * Weighted mean of some of the sources.
 * @param shares one a source; those that are 0 are left out, the others are divided by their sum
 */
export function weightedMean(mixture: Mixture, shares: readonly number[]): MixedSegment {
  let total = 0;
  for (const share of shares) total += share;
  const weights = shares.map((share) => share / total);
  const kept = mixture.sources
    .map((vector, j) => ({ vector, weight: weights[j] ?? 0, scale: 1 }))
    .filter(({ weight }) => weight > 0);
  return { mixed: weightedSum(mixture.base, kept), weights, scales: unclipped(mixture) };
}
