import { fromHex, type Hex, sha256, toHex } from '../base/bytes.ts';
import { merkleRoot } from './merkle.ts';

/** Where segment `index` of `segments` lies in a vector of `parameterCount` numbers: [start, end). Sizes differ by one at most. */
export function segmentRange(parameterCount: number, segments: number, index: number): { start: number; end: number } {
  return {
    start: Math.floor((parameterCount * index) / segments),
    end: Math.floor((parameterCount * (index + 1)) / segments),
  };
}

/** True where the machine's floats already lie as the protocol wants them. */
const IS_LITTLE_ENDIAN = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;
const FLOAT_BYTES = 4;

/** A segment's bytes: its parameters as 32-bit little-endian floats. They may share memory with `parameters`. */
export function encodeSegment(parameters: Float32Array): Uint8Array {
  const bytes = new Uint8Array(parameters.buffer, parameters.byteOffset, parameters.byteLength);
  return IS_LITTLE_ENDIAN ? bytes : swapped(bytes);
}

/** Reverses {@link encodeSegment}; the parameters may share memory with `bytes`. Bytes after the last whole float are left out. */
export function decodeSegment(bytes: Uint8Array): Float32Array {
  const length = Math.floor(bytes.length / FLOAT_BYTES);
  const ordered = IS_LITTLE_ENDIAN ? bytes : swapped(bytes);
  const aligned = ordered.byteOffset % FLOAT_BYTES === 0 ? ordered : ordered.slice();
  return new Float32Array(aligned.buffer, aligned.byteOffset, length);
}

/** Every float's bytes the other way round. */
function swapped(bytes: Uint8Array): Uint8Array {
  const whole = bytes.slice(0, bytes.length - (bytes.length % FLOAT_BYTES));
  const view = new DataView(whole.buffer);
  for (let at = 0; at < whole.length; at += FLOAT_BYTES) view.setUint32(at, view.getUint32(at), true);
  return whole;
}

/** A parameter vector cut into content-addressed segments. */
export interface SegmentedModel {
  /** Merkle root over the segment digests: the model's digest in every record. */
  readonly root: Hex;
  /** SHA-256 of each segment's bytes, in order. */
  readonly digests: readonly Hex[];
  /** Each segment's bytes, in order. */
  readonly blobs: readonly Uint8Array[];
}

/** @param parameters the flat parameter vector; @param segments how many segments, at least 1 and at most one a parameter */
export function segmentModel(parameters: Float32Array, segments: number): SegmentedModel {
  const blobs = Array.from({ length: segments }, (_, index) => {
    const { start, end } = segmentRange(parameters.length, segments, index);
    return encodeSegment(parameters.subarray(start, end));
  });
  const digests = blobs.map((blob) => toHex(sha256(blob)));
  return { root: rootOfDigests(digests), digests, blobs };
}

/** Merkle root over segment digests, in order. */
export function rootOfDigests(digests: readonly Hex[]): Hex {
  return toHex(merkleRoot(digests.map(fromHex)));
}

/** Puts segments back together; the caller has checked their digests. */
export function joinSegments(segments: readonly Float32Array[]): Float32Array {
  const parameters = new Float32Array(segments.reduce((length, segment) => length + segment.length, 0));
  let offset = 0;
  for (const segment of segments) {
    parameters.set(segment, offset);
    offset += segment.length;
  }
  return parameters;
}
