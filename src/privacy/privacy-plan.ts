import { calibrateNoise } from './calibrate-noise.ts';
import { epsilonByPld } from './pld-accountant.ts';
import { PrivacyError } from './privacy-error.ts';
import { epsilonByRdp } from './rdp-accountant.ts';
import type { SampledGaussian } from './sampled-gaussian.ts';

/** What a member means to do with its records, and what it may cost. */
export interface PlanTerms {
  readonly epsilon: number;
  readonly delta: number;
  readonly records: number;
  /** Expected records in a batch. */
  readonly batchSize: number;
  readonly rounds: number;
  readonly stepsPerRound: number;
}

/** Noise for a plan, and how ε grows with the rounds. */
export interface PrivacyPlan {
  readonly samplingRate: number;
  readonly noiseMultiplier: number;
  readonly steps: number;
  readonly epsilonPld: number;
  readonly epsilonRdp: number;
  /** Standard deviation of the noise on the mean gradient, in units of the clipping norm. */
  readonly noiseOnMean: number;
  /** ε after so many rounds, up to all of them. */
  readonly spend: readonly { readonly rounds: number; readonly epsilon: number }[];
}

/**
 * Calibrates the noise of DP-SGD so that all rounds together stay within ε.
 * @throws PrivacyError `privacy/invalid-parameters`, `privacy/unreachable`
 */
export function planPrivacy({ epsilon, delta, records, batchSize, rounds, stepsPerRound }: PlanTerms): PrivacyPlan {
  if (!(batchSize > 0 && batchSize <= records)) {
    const reason = `a batch of ${batchSize} out of ${records} records; give one from 1 to the number of records`;
    throw new PrivacyError('privacy/invalid-parameters', reason);
  }
  const samplingRate = batchSize / records;
  const steps = rounds * stepsPerRound;
  const noiseMultiplier = calibrateNoise({ epsilon, delta, samplingRate, steps });
  const after = (count: number): SampledGaussian[] => [{ samplingRate, noiseMultiplier, steps: count * stepsPerRound }];
  const marks = [...new Set([1, Math.ceil(rounds / 4), Math.ceil(rounds / 2), rounds])];
  return {
    samplingRate,
    noiseMultiplier,
    steps,
    epsilonPld: epsilonByPld(after(rounds), delta),
    epsilonRdp: epsilonByRdp(after(rounds), delta),
    noiseOnMean: noiseMultiplier / batchSize,
    spend: marks.map((mark) => ({ rounds: mark, epsilon: epsilonByPld(after(mark), delta) })),
  };
}
