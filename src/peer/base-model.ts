import { type Hex, ZERO_DIGEST } from '../base/bytes.ts';
import { decodeSegment, rootOfDigests, segmentModel } from '../protocol/segments.ts';
import type { BlobStore } from './blob-store.ts';
import { PeerError } from './peer-error.ts';
import type { Progress } from './progress.ts';

/** Keeps a parameter vector's segments in the blob store. @returns its root and the segments' digests */
export async function keepModel(
  blobs: BlobStore,
  parameters: Float32Array,
  segments: number,
): Promise<{ root: Hex; digests: Hex[] }> {
  const segmented = segmentModel(parameters, segments);
  const digests = await Promise.all(segmented.blobs.map((blob) => blobs.put(blob)));
  return { root: rootOfDigests(digests), digests };
}

/** Loads one segment of a base. @throws PeerError `peer/data-folder-invalid` when it is missing */
export async function loadBaseSegment(
  blobs: Pick<BlobStore, 'get'>,
  progress: Pick<Progress, 'round' | 'baseSegments'>,
  segment: number,
): Promise<Float32Array> {
  const digest = progress.baseSegments[segment];
  const bytes = digest === undefined ? null : await blobs.get(digest);
  if (bytes !== null) return decodeSegment(bytes);
  throw new PeerError(
    'peer/data-folder-invalid',
    `segment ${digest} of the base of round ${progress.round} is missing or damaged`,
  );
}

/** Loads a base, segment by segment. @throws PeerError `peer/data-folder-invalid` when a segment is missing */
export async function loadBase(blobs: Pick<BlobStore, 'get'>, progress: Progress): Promise<Float32Array[]> {
  return Promise.all(progress.baseSegments.map((_, segment) => loadBaseSegment(blobs, progress, segment)));
}

/** Where a study begins: round 0, from the initial model. */
export async function beginProgress(
  blobs: BlobStore,
  initial: Float32Array,
  expected: { segments: number; digest: Hex },
): Promise<Progress> {
  const { root, digests } = await keepModel(blobs, initial, expected.segments);
  if (root !== expected.digest) {
    throw new PeerError(
      'peer/initial-model-mismatch',
      `the manifest's initial model has digest ${expected.digest}, but its architecture and seed give ${root}; ask for the right manifest`,
    );
  }
  return {
    round: 0,
    base: root,
    baseSegments: digests,
    recipe: ZERO_DIGEST,
    valuation: null,
    utilityMicros: null,
    scoreErrorMicros: null,
    mixed: [],
  };
}
