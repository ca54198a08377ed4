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
  /** A segment of the member's base. */
  readonly baseOf: (segment: number) => Promise<Float32Array>;
  /** The parameters of an entry's segment; asked for only where the plan has the entry among the segment's sources. */
  readonly segmentOf: (entry: number, segment: number) => Promise<Float32Array>;
}

export interface MixOutcome {
  /** The recipe's `segments`. */
  readonly steps: Recipe['segments'];
  /** Merkle root of the mixed parameters. */
  readonly result: Recipe['result'];
}

/**
 * Mixes every segment, and writes down how. Peers and auditors call this same function. One segment and its sources are in memory at a
 * time.
 * @param keep takes each mixed segment, in order
 */
export async function computeMix(
  input: MixInput,
  keep: (parameters: Float32Array, segment: number) => Promise<void>,
): Promise<MixOutcome> {
  const steps: Recipe['segments'] = [];
  for (const [segment, sources] of input.plan.sources.entries()) {
    const { mixed, weights, scales } = await mixOne(input, segment, sources);
    await keep(mixed, segment);
    steps.push({ sources: [...sources], weights, scales, result: toHex(sha256(encodeSegment(mixed))) });
  }
  return { steps, result: rootOfDigests(steps.map((step) => step.result)) };
}

/**
 * What the member's model would have been if only some of the contributions had been there. Where a segment is left without a source
 * the base stands.
 * @param coalition entry indices, ascending
 */
export async function mixCoalition(input: MixInput, coalition: readonly number[]): Promise<Float32Array[]> {
  const mixed: Float32Array[] = [];
  for (const [segment, all] of input.plan.sources.entries()) {
    const sources = all.filter((entry) => coalition.includes(entry));
    mixed.push(sources.length === 0 ? await input.baseOf(segment) : (await mixOne(input, segment, sources)).mixed);
  }
  return mixed;
}

async function mixOne(input: MixInput, segment: number, sources: readonly number[]) {
  const { aggregation, staleness } = input.manifest;
  const weights = mixWeights(
    sources.map((entry) => ({
      samples: input.samples[entry] ?? 0,
      staleness: input.round - (input.plan.entries[entry]?.round ?? input.round),
    })),
    { weightShareCap: aggregation.weightShareCap, discount: staleness.discount },
  );
  const vectors = await Promise.all(sources.map((entry) => input.segmentOf(entry, segment)));
  return { ...mixSegment(await input.baseOf(segment), vectors, weights, aggregation.clipFactor), weights };
}
