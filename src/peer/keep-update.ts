import type { Hex } from '../base/bytes.ts';
import { encodeUpdateSegment, readsBase } from '../protocol/segment-codec.ts';
import { decodeSegment, encodeSegment, rootOfDigests, segmentRange } from '../protocol/segments.ts';
import { loadBaseSegment } from './base-model.ts';
import type { Progress } from './progress.ts';
import type { StudySetting } from './study-setting.ts';

/**
 * Writes an update into the blob store, segment by segment, in the study's codec, and what the codec left unsaid beside it, for the next
 * round. Both are on disk when it resolves; done again after a crash, it comes out the same.
 * @returns the update's root and the digests of its segments
 */
export async function keepUpdate(
  { manifest, blobs, privateBlobs, store }: Pick<StudySetting, 'manifest' | 'blobs' | 'privateBlobs' | 'store'>,
  progress: Progress,
  parameters: Float32Array,
): Promise<{ root: Hex; digests: Hex[] }> {
  const { round } = progress;
  const before = store.residualBefore(round);
  const digests: Hex[] = [];
  const residuals: (Hex | null)[] = [];
  for (let segment = 0; segment < manifest.segments; segment++) {
    const { start, end } = segmentRange(parameters.length, manifest.segments, segment);
    const kept = before?.[segment] ?? null;
    const unsaid = kept === null ? null : await privateBlobs.get(kept);
    const { bytes, residual } = encodeUpdateSegment(manifest, round, {
      parameters: parameters.subarray(start, end),
      base: readsBase(manifest, round) ? await loadBaseSegment(blobs, progress, segment) : null,
      residual: unsaid === null ? null : decodeSegment(unsaid),
    });
    digests.push(await blobs.put(bytes));
    residuals.push(residual === null ? null : await privateBlobs.put(encodeSegment(residual)));
  }
  // That nothing is left unsaid is worth a note only where something was: a dense round drops it.
  if (before !== null || residuals.some((each) => each !== null)) store.keepResidual(round, residuals);
  return { root: rootOfDigests(digests), digests };
}
