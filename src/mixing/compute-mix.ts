import { sha256, toHex } from '../base/bytes.ts';
import { aggregate } from '../model/aggregation/aggregate.ts';
import type { Mixture } from '../model/aggregation/mixture.ts';
import { mixWeights } from '../model/mix.ts';
import type { Manifest } from '../protocol/manifest.ts';
import type { Recipe, Standing } from '../protocol/recipe.ts';
import { encodeSegment, rootOfDigests } from '../protocol/segments.ts';
import type { MixPlan } from './plan-mix.ts';
import { suspectEntries } from './suspect-entries.ts';

/** Everything that goes into one mix. */
export interface MixInput {
  readonly manifest: Pick<Manifest, 'aggregation' | 'rounds' | 'staleness'>;
  /** The round that is mixed; older entries are stale by the difference. */
  readonly round: number;
  readonly plan: MixPlan;
  /** How members stand by the judgements that were heard; left out under a rule that hears none. */
  readonly standings?: readonly Standing[];
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
 * time; a rule that judges whole contributions reads each segment twice.
 * @param keep takes each mixed segment, in order
 */
export async function computeMix(
  input: MixInput,
  keep: (parameters: Float32Array, segment: number) => Promise<void>,
): Promise<MixOutcome> {
  const steps: Recipe['segments'] = [];
  const mixtureOf = await readMixtures(input, input.plan.sources);
  for (const [segment, sources] of input.plan.sources.entries()) {
    const { mixed, weights, scales } = aggregate(input.manifest.aggregation, await mixtureOf(segment, sources));
    await keep(mixed, segment);
    steps.push({
      sources: [...sources],
      weights: [...weights],
      scales: [...scales],
      result: toHex(sha256(encodeSegment(mixed))),
    });
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
  const present = input.plan.sources.map((all) => all.filter((entry) => coalition.includes(entry)));
  const mixtureOf = await readMixtures(input, present);
  for (const [segment, sources] of present.entries()) {
    if (sources.length === 0) mixed.push(await input.baseOf(segment));
    else mixed.push(aggregate(input.manifest.aggregation, await mixtureOf(segment, sources)).mixed);
  }
  return mixed;
}

type MixtureReader = (segment: number, sources: readonly number[]) => Promise<Mixture>;

/** @param present the entries that each segment is to be mixed of @returns what reads one segment's */
async function readMixtures(input: MixInput, present: readonly (readonly number[])[]): Promise<MixtureReader> {
  const { plan, round, manifest } = input;
  const reader =
    (suspicions: readonly number[]): MixtureReader =>
    async (segment, sources) => ({
      base: await input.baseOf(segment),
      sources: await Promise.all(sources.map((entry) => input.segmentOf(entry, segment))),
      weights: sizeWeights(input, sources),
      own: sources.includes(plan.own) ? sources.indexOf(plan.own) : null,
      suspicions: sources.map((entry) => suspicions[entry] ?? 0),
      elapsed: round / manifest.rounds,
    });
  const { entries, own } = plan;
  const question = { sources: present, entries, own, standings: input.standings ?? [] };
  return reader(await suspectEntries(manifest.aggregation, question, reader([])));
}

function sizeWeights({ manifest, plan, samples, round }: MixInput, sources: readonly number[]): number[] {
  const { aggregation, staleness } = manifest;
  return mixWeights(
    sources.map((entry) => ({
      samples: samples[entry] ?? 0,
      staleness: round - (plan.entries[entry]?.round ?? round),
    })),
    { weightShareCap: aggregation.weightShareCap, discount: staleness.discount },
  );
}
