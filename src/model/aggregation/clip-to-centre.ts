import { weightedSum } from '../mix-kernel.ts';
import type { MixedSegment, Mixture } from './mixture.ts';

/**
 * Weighted mean of the sources after each has been drawn towards the centre until it is no farther from it than its radius.
 * @param centre length n
 * @param lengths distance of each source from the centre
 */
export function clipToCentre(
  { sources, weights }: Pick<Mixture, 'sources' | 'weights'>,
  { centre, lengths, radii }: { centre: Float32Array; lengths: readonly number[]; radii: readonly number[] },
): MixedSegment {
  const scales = lengths.map((length, j) => {
    const radius = radii[j] ?? length;
    return length > radius ? radius / length : 1;
  });
  const clipped = sources.map((vector, j) => ({ vector, weight: weights[j] ?? 0, scale: scales[j] ?? 1 }));
  return { mixed: weightedSum(centre, clipped), weights, scales };
}
