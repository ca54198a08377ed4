import { distances, weightedSum } from '../mix-kernel.ts';
import type { MixedSegment, Mixture } from './mixture.ts';
import { unclipped } from './mixture.ts';

/** Distances below this share of the mean distance count as this share: Weiszfeld's step is not defined on a source. */
const SMOOTHING = 1e-6;

/**
 * Weighted geometric median by Weiszfeld's steps from the weighted mean (Pillutla et al. 2019, arXiv 1912.13445).
 * @param steps how many, always all of them
 */
export function geometricMedian(mixture: Mixture, steps: number): MixedSegment {
  const { base, sources } = mixture;
  let weights = mixture.weights;
  let mixed = weightedSum(base, weigh(sources, weights));
  for (let step = 0; step < steps; step++) {
    weights = pulls(distances(mixed, sources), mixture.weights);
    mixed = weightedSum(base, weigh(sources, weights));
  }
  return { mixed, weights, scales: unclipped(mixture) };
}

function weigh(sources: readonly Float32Array[], weights: readonly number[]) {
  return sources.map((vector, j) => ({ vector, weight: weights[j] ?? 0, scale: 1 }));
}

/** Weights divided by distances, summing to 1. */
function pulls(lengths: readonly number[], weights: readonly number[]): readonly number[] {
  let mean = 0;
  for (const [j, length] of lengths.entries()) mean += (weights[j] ?? 0) * length;
  if (mean === 0) return weights;
  const raw = lengths.map((length, j) => (weights[j] ?? 0) / Math.max(length, SMOOTHING * mean));
  let total = 0;
  for (const weight of raw) total += weight;
  return raw.map((weight) => weight / total);
}
