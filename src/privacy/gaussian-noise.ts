import type { SecureRandom } from '../base/secure-random.ts';
import { createDiscreteGaussian } from './discrete-gaussian.ts';

/** How the noise relates to what one record, or one member, can change. */
export interface NoiseScale {
  /** The largest Euclidean distance between the values of two neighbouring data sets. */
  readonly sensitivity: number;
  /** σ, in units of the sensitivity. */
  readonly noiseMultiplier: number;
}

/** The standard deviation is between this many grid steps and twice as many. */
const LEAST_STEPS = 2 ** 20;
/** Share of the sensitivity that is added to it for what rounding to float32 does to clipped sums. */
const FLOAT_SLACK = 2 ** -10;

/** The distance between the numbers that can come out: a power of two. */
export function noiseGrid({ sensitivity, noiseMultiplier }: NoiseScale): number {
  return 2 ** Math.floor(Math.log2((sensitivity * noiseMultiplier) / LEAST_STEPS));
}

/**
 * Rounds values to a grid and adds discrete Gaussian noise on it. What comes out are multiples of the grid, whatever went
 * in, so that the low bits of a floating-point number tell nothing.
 *
 * Source of the danger: Mironov, On significance of the least significant bits for differential privacy, 2012.
 */
export function addGaussianNoise(values: ArrayLike<number>, scale: NoiseScale, random: SecureRandom): Float64Array {
  const grid = noiseGrid(scale);
  // Rounding to the grid moves each of two neighbouring values by half a grid step.
  const sensitivity = scale.sensitivity * (1 + FLOAT_SLACK) + grid * Math.sqrt(values.length);
  const steps = Math.ceil((sensitivity * scale.noiseMultiplier) / grid);
  const sample = createDiscreteGaussian(steps, random);
  return Float64Array.from(values, (value) => (Math.round(value / grid) + sample()) * grid);
}
