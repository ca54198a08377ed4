import type { Hex } from '../base/bytes.ts';
import { outerStep } from '../model/outer-step.ts';
import type { TrainingOptions } from '../model/training-options.ts';
import { decodeSegment, encodeSegment, joinSegments, segmentRange } from '../protocol/segments.ts';
import type { StudySetting } from './study-setting.ts';

/** What one round's training came from and came to. */
export interface RoundTraining {
  readonly round: number;
  readonly base: Float32Array;
  readonly trained: Float32Array;
}

/**
 * Steps along what the round's training changed, and keeps the velocity for the next round in the blob store. It follows
 * from the rounds before alone, so that a round that is done again after a crash comes out the same.
 * @returns the parameters to contribute
 */
export async function takeOuterStep(
  { manifest, privateBlobs, store }: Pick<StudySetting, 'manifest' | 'privateBlobs' | 'store'>,
  terms: NonNullable<TrainingOptions['outer']>,
  { round, base, trained }: RoundTraining,
): Promise<Float32Array> {
  const kept = await keptVelocity({ manifest, privateBlobs, store }, round);
  const velocity = kept ?? new Float32Array(base.length);
  const step = outerStep(terms, { base, trained, velocity });
  const digests: Hex[] = [];
  for (let segment = 0; segment < manifest.segments; segment++) {
    const { start, end } = segmentRange(base.length, manifest.segments, segment);
    digests.push(await privateBlobs.put(encodeSegment(step.velocity.subarray(start, end))));
  }
  store.keepVelocity(round, digests);
  return step.parameters;
}

/** The velocity after the last round before this one; null where there is none, or where it was lost with a damaged disk. */
export async function keptVelocity(
  { manifest, privateBlobs, store }: Pick<StudySetting, 'manifest' | 'privateBlobs' | 'store'>,
  round: number,
): Promise<Float32Array | null> {
  const digests = store.velocityBefore(round) ?? [];
  const kept = await Promise.all(digests.map((digest) => privateBlobs.get(digest)));
  const segments = kept.flatMap((bytes) => (bytes === null ? [] : [decodeSegment(bytes)]));
  return segments.length === manifest.segments ? joinSegments(segments) : null;
}
