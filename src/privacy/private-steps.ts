import type { SecureRandom } from '../base/secure-random.ts';
import type { PrivateSteps } from '../model/private-steps.ts';
import { addGaussianNoise } from './gaussian-noise.ts';
import type { SampledGaussian } from './sampled-gaussian.ts';

/** How a member's records are protected in one round of DP-SGD. */
export interface RecordPrivacy {
  readonly clipNorm: number;
  readonly noiseMultiplier: number;
  /** Expected records in a batch. */
  readonly batchSize: number;
  readonly stepsPerRound: number;
}

/** What one round is to the accountants, for a member with so many records. */
export function recordMechanism(terms: RecordPrivacy, records: number): SampledGaussian {
  const { noiseMultiplier, stepsPerRound } = terms;
  return { noiseMultiplier, samplingRate: Math.min(1, terms.batchSize / records), steps: stepsPerRound };
}

/**
 * One round of DP-SGD: each record is in each batch independently of everything (Poisson sampling: what the accountants
 * assume, which shuffled batches are not), and the noise has σ times the clipping norm.
 */
export function createPrivateSteps(terms: RecordPrivacy, records: number, random: SecureRandom): PrivateSteps {
  const { clipNorm, noiseMultiplier, batchSize, stepsPerRound } = terms;
  const all = Array.from({ length: records }, (_, record) => record);
  return {
    count: stepsPerRound,
    clipNorm,
    expectedBatch: Math.min(batchSize, records),
    drawBatch: () => all.filter(() => random.integer(records) < batchSize),
    perturb: (sum) => addGaussianNoise(sum, { sensitivity: clipNorm, noiseMultiplier }, random),
  };
}
