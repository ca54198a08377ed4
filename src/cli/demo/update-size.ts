import type { Manifest } from '../../protocol/manifest.ts';
import { type Codec, encodedLength } from '../../protocol/segment-codec.ts';
import { segmentRange } from '../../protocol/segments.ts';

/** What a study's updates take. */
export interface UpdateSize {
  readonly codec: Codec;
  /** Mean over the training rounds. */
  readonly bytes: number;
  /** What the parameters take as they are. */
  readonly plainBytes: number;
}

export function updateSize(manifest: Manifest, parameterCount: number): UpdateSize {
  let total = 0;
  for (let round = 0; round < manifest.rounds; round++) {
    for (let segment = 0; segment < manifest.segments; segment++) {
      const { start, end } = segmentRange(parameterCount, manifest.segments, segment);
      total += encodedLength(manifest, round, end - start);
    }
  }
  return { codec: manifest.codec, bytes: Math.round(total / manifest.rounds), plainBytes: 4 * parameterCount };
}
