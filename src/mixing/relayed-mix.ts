import type { AggregationTerms } from '../protocol/aggregation-terms.ts';
import { type MixStep, sharesOf } from './mix-shares.ts';

/** A mix, and what the trainings behind its contributions changed. */
export interface RelayedMix {
  readonly rule: AggregationTerms['rule'];
  readonly steps: readonly MixStep[];
  /** Index of the mixer's own entry. */
  readonly own: number;
  /** A segment of the mix. */
  readonly mixedOf: (segment: number) => Promise<Float32Array>;
  /** What an entry's training changed in a segment. */
  readonly changeOf: (entry: number, segment: number) => Promise<Float32Array>;
}

/**
 * The mix as it would have been if some contributors had not trained but handed on what they trained from: their changes are taken out by the share
 * that they have in it, and nobody else's share grows.
 * @param relays entry indices
 */
export async function mixRelayed(mix: RelayedMix, relays: readonly number[]): Promise<Float32Array[]> {
  const relayed: Float32Array[] = [];
  for (const [segment, step] of mix.steps.entries()) {
    const shares = sharesOf(mix.rule, step, mix.own);
    const parameters = Float64Array.from(await mix.mixedOf(segment));
    for (const [i, entry] of step.sources.entries()) {
      const share = shares[i] ?? 0;
      if (share === 0 || !relays.includes(entry)) continue;
      const change = await mix.changeOf(entry, segment);
      for (let k = 0; k < parameters.length; k++)
        parameters[k] = (parameters[k] as number) - share * (change[k] as number);
    }
    relayed.push(Float32Array.from(parameters));
  }
  return relayed;
}
