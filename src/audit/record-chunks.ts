import { type Hex, sha256, toHex } from '../base/bytes.ts';
import { encodeCanonical } from '../base/canonical.ts';
import type { ChunkReference } from './evidence.ts';

/** A chunk takes items until the next one would take their encodings beyond this; so a reader holds little at a time. */
export const CHUNK_BYTES = 256 * 1024;

export interface RecordChunk extends ChunkReference {
  readonly bytes: Uint8Array;
}

/** Cuts a list of records into chunks, one after the other. */
export function* recordChunks(items: Iterable<unknown>): Generator<RecordChunk> {
  let [chunk, size]: [unknown[], number] = [[], 0];
  for (const item of items) {
    const { length } = encodeCanonical(item);
    if (chunk.length > 0 && size + length > CHUNK_BYTES) {
      yield toChunk(chunk);
      [chunk, size] = [[], 0];
    }
    chunk.push(item);
    size += length;
  }
  if (chunk.length > 0) yield toChunk(chunk);
}

function toChunk(items: readonly unknown[]): RecordChunk {
  const bytes = encodeCanonical(items);
  const digest: Hex = toHex(sha256(bytes));
  return { digest, items: items.length, bytes };
}
