import { type Hex, sha256, toHex } from '../base/bytes.ts';
import { outerStep } from '../model/outer-step.ts';
import { roundLength } from '../model/training-options.ts';
import type { Contribution } from '../protocol/contribution.ts';
import { encodeUpdateSegment, readsBase } from '../protocol/segment-codec.ts';
import { decodeSegment, joinSegments, segmentRange } from '../protocol/segments.ts';
import { recordedBase } from './recorded-rounds.ts';
import type { Reproducer } from './reproducer.ts';
import { keptVelocity } from './take-outer-step.ts';
import { trainLocally } from './train-locally.ts';

/** What a round leaves to the next one of the same member. */
export interface Carried {
  /** Of the outer step; null before the first. */
  readonly velocity: Float32Array | null;
  /** What the codec left unsaid, by segment. */
  readonly residuals: readonly (Float32Array | null)[];
}

export interface RoundToRepeat {
  readonly record: Contribution;
  readonly carried: Carried;
  readonly signal: AbortSignal;
  readonly onEpoch: (epoch: number, epochs: number) => void;
}

/** What a study that continues another one took over from it; nothing otherwise. */
export async function carriedInto(member: Reproducer, first: number): Promise<Carried> {
  const { store, privateBlobs, terms } = member;
  const digests = store.residualBefore(first) ?? [];
  const kept = await Promise.all(digests.map(async (digest) => digest && privateBlobs.get(digest)));
  return {
    velocity: await keptVelocity({ manifest: terms.manifest, privateBlobs, store }, first),
    residuals: kept.map((bytes) => bytes && decodeSegment(bytes)),
  };
}

/**
 * Trains and writes an update as the member did, without keeping anything.
 * @returns the digests of its segments, and what it leaves to the next round
 */
export async function repeatRound(
  member: Reproducer,
  { record, carried, signal, onEpoch }: RoundToRepeat,
): Promise<{ digests: Hex[]; carried: Carried }> {
  const { manifest, training } = member.terms;
  const { round } = record;
  const segments = await recordedBase(record, member);
  const base = joinSegments(segments);
  const { epochs } = roundLength(training, member.data.training.samples);
  const { parameters: trained } = await trainLocally(member, {
    round,
    base,
    signal,
    onEpoch: ({ epoch }) => onEpoch(epoch, epochs),
  });
  const velocity = carried.velocity ?? new Float32Array(base.length);
  const step =
    training.outer === undefined
      ? { parameters: trained, velocity: null }
      : outerStep(training.outer, { base, trained, velocity });
  const written = segments.map((own, segment) => {
    const { start, end } = segmentRange(base.length, manifest.segments, segment);
    return encodeUpdateSegment(manifest, round, {
      parameters: step.parameters.subarray(start, end),
      base: readsBase(manifest, round) ? own : null,
      residual: carried.residuals[segment] ?? null,
    });
  });
  return {
    digests: written.map(({ bytes }) => toHex(sha256(bytes))),
    carried: { velocity: step.velocity, residuals: written.map(({ residual }) => residual) },
  };
}
