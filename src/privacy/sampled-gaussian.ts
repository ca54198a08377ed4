import { PrivacyError } from './privacy-error.ts';

/** Some steps of the Poisson-subsampled Gaussian mechanism. Two data sets are neighbours if one has one record more. */
export interface SampledGaussian {
  /** q: the probability with which each record is in the batch of a step; 1 for no sampling. */
  readonly samplingRate: number;
  /** σ: standard deviation of the noise in units of the clipping norm. */
  readonly noiseMultiplier: number;
  readonly steps: number;
}

/** Outside of these neither accountant has been tried, and nobody trains there. */
export const MIN_NOISE_MULTIPLIER = 0.01;
export const MAX_NOISE_MULTIPLIER = 1e6;
const MAX_STEPS = 1e8;
/** Rounding in the transform of a loss distribution is of the order of 10⁻¹⁵. */
export const MIN_DELTA = 1e-12;

/** @throws PrivacyError `privacy/invalid-parameters` */
export function checkMechanism({ samplingRate, noiseMultiplier, steps }: SampledGaussian): void {
  if (!(samplingRate >= 0 && samplingRate <= 1)) throw invalid(`sampling rate ${samplingRate}; give one from 0 to 1`);
  if (!(noiseMultiplier >= MIN_NOISE_MULTIPLIER && noiseMultiplier <= MAX_NOISE_MULTIPLIER)) {
    const bounds = `from ${MIN_NOISE_MULTIPLIER} to ${MAX_NOISE_MULTIPLIER}`;
    throw invalid(`noise multiplier ${noiseMultiplier}; give one ${bounds}`);
  }
  if (!(Number.isInteger(steps) && steps >= 0 && steps <= MAX_STEPS)) {
    throw invalid(`${steps} steps; give a whole number from 0 to ${MAX_STEPS}`);
  }
}

/** @throws PrivacyError `privacy/invalid-parameters` */
export function checkDelta(delta: number): void {
  if (!(delta >= MIN_DELTA && delta < 1)) {
    throw invalid(`delta ${delta}; give a number from ${MIN_DELTA} to below 1`);
  }
}

/** True if the mechanism looks at the data at all. */
export const looksAtData = ({ samplingRate, steps }: SampledGaussian): boolean => samplingRate > 0 && steps > 0;

function invalid(reason: string): PrivacyError {
  return new PrivacyError('privacy/invalid-parameters', reason);
}
