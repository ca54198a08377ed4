import { z } from 'zod';
import { byteBlocksLength, decodeByteBlocks, encodeByteBlocks } from './codecs/byte-blocks.ts';
import { decodeHalves, encodeHalves } from './codecs/half-floats.ts';
import { addDifferences, differencesLength, encodeDifferences } from './codecs/largest-differences.ts';
import { decodeSegment, encodeSegment } from './segments.ts';

/** How the segments of updates are written (docs/PROTOCOL.md, M7 to M11); bases and mixes are always 32-bit floats. */
export const codecSchema = z.discriminatedUnion('name', [
  z.strictObject({ name: z.literal('float32') }),
  z.strictObject({ name: z.literal('float16') }),
  z.strictObject({
    name: z.literal('int8'),
    /** Numbers that share a scale. */
    blockLength: z.int().min(16).max(65_536),
  }),
  z.strictObject({
    name: z.literal('top-k'),
    /** Share of a segment's differences that is sent. */
    share: z.number().min(0.001).max(0.5),
    /** In every so many rounds, and in the last one, all numbers are sent. */
    denseEvery: z.int().min(1).max(1000),
  }),
]);

export type Codec = z.infer<typeof codecSchema>;

/** What the writing of a segment depends on besides its numbers. */
export interface CodecTerms {
  readonly codec: Codec;
  /** Training rounds of the study. */
  readonly rounds: number;
}

export interface UpdateSegment {
  readonly parameters: Float32Array;
  /** The member's base in the same round; may be null where {@link readsBase} says so. */
  readonly base: Float32Array | null;
  /** What earlier rounds left unsaid; null for nothing. */
  readonly residual: Float32Array | null;
}

const FLOAT_BYTES = 4;

/** True where a segment is written in full, whatever the codec. */
function isDense({ codec, rounds }: CodecTerms, round: number): boolean {
  if (codec.name === 'float32') return true;
  return codec.name === 'top-k' && (round % codec.denseEvery === 0 || round === rounds - 1);
}

/** True if a round's segments are written and read against a base. */
export function readsBase(terms: CodecTerms, round: number): boolean {
  return terms.codec.name === 'top-k' && !isDense(terms, round);
}

/** Exact number of bytes of a segment of `length` parameters in a round's update. */
export function encodedLength(terms: CodecTerms, round: number, length: number): number {
  const { codec } = terms;
  if (isDense(terms, round)) return FLOAT_BYTES * length;
  if (codec.name === 'int8') return byteBlocksLength(length, codec.blockLength);
  return codec.name === 'top-k' ? differencesLength(length, codec.share) : 2 * length;
}

/**
 * Writes a segment of an update. With error feedback (Seide et al. 2014; Karimireddy et al. 2019, arXiv 1901.09847) what this round
 * cannot say is kept, and said with the next, unless that is a dense one.
 * @returns the bytes, and the residual for the next round; null where nothing is kept
 */
export function encodeUpdateSegment(
  terms: CodecTerms,
  round: number,
  segment: UpdateSegment,
): { bytes: Uint8Array; residual: Float32Array | null } {
  const { codec } = terms;
  // What is owed is dropped where all numbers are sent: training began at a base that lacked it, and has made up for it as far as it mattered.
  if (isDense(terms, round)) return { bytes: encodeSegment(segment.parameters), residual: null };
  if (codec.name === 'float16') return { bytes: encodeHalves(segment.parameters), residual: null };
  const meant = sum(segment.parameters, segment.residual);
  if (codec.name === 'top-k') {
    const differences = difference(meant, segment.base ?? new Float32Array(meant.length));
    const { bytes, kept } = encodeDifferences(differences, codec.share);
    for (let i = 0; i < kept.length; i++) differences[kept[i] as number] = 0;
    return { bytes, residual: differences };
  }
  const bytes = encodeByteBlocks(meant, codec.name === 'int8' ? codec.blockLength : meant.length);
  const said = decodeUpdateSegment(terms, round, { bytes, length: meant.length, base: null });
  return { bytes, residual: said === null ? null : difference(meant, said) };
}

export interface WrittenSegment {
  readonly bytes: Uint8Array;
  /** Number of parameters. */
  readonly length: number;
  /** The reader's own, of the round in which it mixes; may be null where {@link readsBase} says so. */
  readonly base: Float32Array | null;
}

/**
 * Reads a segment of an update.
 * @param round that of the update, not that of the mix
 * @returns null for bytes that no encoder writes
 */
export function decodeUpdateSegment(
  terms: CodecTerms,
  round: number,
  { bytes, length, base }: WrittenSegment,
): Float32Array | null {
  const { codec } = terms;
  if (bytes.length !== encodedLength(terms, round, length)) return null;
  if (isDense(terms, round)) return decodeSegment(bytes);
  if (codec.name === 'int8') return decodeByteBlocks(bytes, length, codec.blockLength);
  if (codec.name === 'float16') return decodeHalves(bytes);
  return codec.name === 'top-k' && base !== null ? addDifferences(bytes, base, codec.share) : null;
}

/** a + b, rounded to 32 bits. */
function sum(a: Float32Array, b: Float32Array | null): Float32Array {
  if (b === null) return a;
  const result = new Float32Array(a.length);
  for (let k = 0; k < a.length; k++) result[k] = (a[k] as number) + (b[k] as number);
  return result;
}

/** a - b, rounded to 32 bits. */
function difference(a: Float32Array, b: Float32Array): Float32Array {
  const result = new Float32Array(a.length);
  for (let k = 0; k < a.length; k++) result[k] = (a[k] as number) - (b[k] as number);
  return result;
}
