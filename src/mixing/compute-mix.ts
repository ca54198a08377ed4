import { sha256, toHex } from '../base/bytes.ts';
import { mixSegment, mixWeights } from '../model/mix.ts';
import type { Manifest } from '../protocol/manifest.ts';
import type { Recipe } from '../protocol/recipe.ts';
import { encodeSegment, rootOfDigests } from '../protocol/segments.ts';
import type { MixPlan } from './plan-mix.ts';

/** Everything that goes into one mix. */
export interface MixInput {
  readonly manifest: Pick<Manifest, 'aggregation' | 'staleness'>;
  /** The round that is mixed; older entries are stale by the difference. */
  readonly round: number;
  readonly plan: MixPlan;
  /** Training examples behind each entry, in the plan's order. */
  readonly samples: readonly number[];
  /** The member's base, segment by segment. */
  readonly base: readonly Float32Array[];
  /** The parameters of an entry's segment; asked for only where the plan has the entry among the segment's sources. */
  readonly segmentOf: (entry: number, segment: number) => Float32Array;
}

export interface MixOutcome {
  /** The recipe's `segments`. */
  readonly steps: Recipe['segments'];
  /** Merkle root of the mixed parameters. */
  readonly result: Recipe['result'];
  /** The mixed parameters, segment by segment. */
  readonly parameters: readonly Float32Array[];
}

/** Mixes every segment, and writes down how. Peers and auditors call this same function. */
export function computeMix(input: MixInput): MixOutcome {
  const mixed = input.plan.sources.map((sources, segment) => mixOne(input, segment, sources));
  const steps = mixed.map(({ step }) => step);
  return {
    steps,
    result: rootOfDigests(steps.map((step) => step.result)),
    parameters: mixed.map(({ parameters }) => parameters),
  };
}

/**
 * What the member's model would have been if only some of the contributions had been there. Where a segment is left without a source
 * the base stands.
 * @param coalition entry indices, ascending
 */
export function mixCoalition(input: MixInput, coalition: readonly number[]): Float32Array[] {
  return input.plan.sources.map((all, segment) => {
    const sources = all.filter((entry) => coalition.includes(entry));
    return sources.length === 0 ? baseOf(input, segment) : mixOne(input, segment, sources).parameters;
  });
}

function baseOf(input: MixInput, segment: number): Float32Array {
  return input.base[segment] ?? new Float32Array(0);
}

function mixOne(input: MixInput, segment: number, sources: readonly number[]) {
  const { aggregation, staleness } = input.manifest;
  const weights = mixWeights(
    sources.map((entry) => ({
      samples: input.samples[entry] ?? 0,
      staleness: input.round - (input.plan.entries[entry]?.round ?? input.round),
    })),
    { weightShareCap: aggregation.weightShareCap, discount: staleness.discount },
  );
  const vectors = sources.map((entry) => input.segmentOf(entry, segment));
  const { mixed, scales } = mixSegment(baseOf(input, segment), vectors, weights, aggregation.clipFactor);
  const result = toHex(sha256(encodeSegment(mixed)));
  return { step: { sources: [...sources], weights, scales, result }, parameters: mixed };
}
