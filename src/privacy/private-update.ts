import type { SecureRandom } from '../base/secure-random.ts';
import { addGaussianNoise } from './gaussian-noise.ts';
import type { SampledGaussian } from './sampled-gaussian.ts';

/** How a member as a whole is protected in one round. */
export interface MemberPrivacy {
  /** Largest Euclidean norm of an update's difference from its base. */
  readonly clipNorm: number;
  readonly noiseMultiplier: number;
}

/** What one round is to the accountants: the member takes part for certain. */
export function memberMechanism({ noiseMultiplier }: MemberPrivacy): SampledGaussian {
  return { noiseMultiplier, samplingRate: 1, steps: 1 };
}

/**
 * The difference of an update from its base, clipped, with the whole noise added by the member itself: it trusts no one to
 * add any. Two data sets of the member are neighbours if one of them is empty: then there is noise alone.
 * @returns the noisy difference, multiples of the grid
 */
export function privateDifference(
  base: Float32Array,
  trained: Float32Array,
  terms: MemberPrivacy,
  random: SecureRandom,
): Float64Array {
  const { clipNorm, noiseMultiplier } = terms;
  const difference = Float64Array.from(trained, (value, i) => value - (base[i] as number));
  const norm = Math.sqrt(difference.reduce((sum, value) => sum + value * value, 0));
  const factor = norm > clipNorm ? clipNorm / norm : 1;
  const clipped = difference.map((value) => value * factor);
  return addGaussianNoise(clipped, { sensitivity: clipNorm, noiseMultiplier }, random);
}
