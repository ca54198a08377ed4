import type { PrivacyTerms } from '../protocol/privacy-terms.ts';
import { epsilonByPld } from './pld-accountant.ts';
import { recordMechanism } from './private-steps.ts';
import { memberMechanism } from './private-update.ts';
import type { SampledGaussian } from './sampled-gaussian.ts';

/** What one round of a study is to the accountants, for a member with so many training records; null where nothing is hidden. */
export function roundMechanism(terms: PrivacyTerms, records: number): SampledGaussian | null {
  if (terms.unit === 'none') return null;
  return terms.unit === 'record' ? recordMechanism(terms, records) : memberMechanism(terms);
}

/**
 * Cumulative ε in millionths, rounded up, as records state it.
 * @param deltaPicos δ in millionths of millionths
 */
export function epsilonMicros(mechanisms: readonly SampledGaussian[], deltaPicos: number): number {
  return mechanisms.length === 0 ? 0 : Math.ceil(epsilonByPld(mechanisms, deltaPicos / 1e12) * 1e6);
}
