import { MIX_KERNEL_CODE } from './mix-kernel-code.ts';

/** One source of a weighted sum. */
export interface WeightedSource {
  readonly vector: Float32Array;
  readonly weight: number;
  /** Factor on the difference from the base; 1 leaves the source as it is. */
  readonly scale: number;
}

interface KernelExports {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
  distance(base: number, source: number, length: number, sums: number): void;
  sum(out: number, base: number, length: number, sources: number, count: number): void;
}

/** Parameters that are worked on at a time: as many as stay, for a few sources, in a processor's second cache. */
const BLOCK_LENGTH = 8192;
const BLOCK_BYTES = 4 * BLOCK_LENGTH;
const LANES = 4;
const RECORD_BYTES = 24;
/** Where things lie in the kernel's memory: a table of sources, or of their partial sums, then blocks. */
const TABLE = 0;
const BLOCKS = 4096;
const PAGE_BYTES = 65_536;
/** As many as the table has room for; a study has 64 members at most. */
export const MAXIMUM_SOURCES = Math.floor((BLOCKS - TABLE) / (LANES * 8));

/** The part of the standard WebAssembly interface that is used here; Node's types leave it to the browser's. */
interface WebAssemblyApi {
  readonly Module: new (code: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: unknown };
}

const { Module, Instance } = (globalThis as unknown as { WebAssembly: WebAssemblyApi }).WebAssembly;
const kernel = new Instance(new Module(Buffer.from(MIX_KERNEL_CODE, 'base64'))).exports as KernelExports;

const placeOf = (block: number): number => BLOCKS + block * BLOCK_BYTES;

/** Copies a part of a vector to a block, filled up with zeros to whole lanes. */
function load(block: number, vector: Float32Array, start: number): number {
  const place = placeOf(block);
  const part = vector.subarray(start, start + BLOCK_LENGTH);
  const target = new Float32Array(kernel.memory.buffer, place, padded(part.length));
  target.set(part);
  target.fill(0, part.length);
  return place;
}

const padded = (length: number): number => Math.ceil(length / LANES) * LANES;

/**
 * Euclidean distances from the base. Squares are summed in four partial sums, by place modulo four, which are added as
 * (0 + 1) + (2 + 3). @throws RangeError for too many sources
 */
export function distances(base: Float32Array, sources: readonly Float32Array[]): number[] {
  prepare(sources.length);
  const sums = new Float64Array(kernel.memory.buffer, TABLE, LANES * sources.length).fill(0);
  for (let start = 0; start < base.length; start += BLOCK_LENGTH) {
    const length = padded(Math.min(BLOCK_LENGTH, base.length - start));
    const own = load(0, base, start);
    for (const [j, source] of sources.entries())
      kernel.distance(own, load(1, source, start), length, TABLE + LANES * 8 * j);
  }
  return sources.map((_, j) => {
    const [a = 0, b = 0, c = 0, d = 0] = sums.subarray(LANES * j);
    return Math.sqrt(a + b + (c + d));
  });
}

/** Makes the memory large enough for a mix, once: views on it end when it grows. */
function prepare(sources: number): void {
  if (sources > MAXIMUM_SOURCES) throw new RangeError(`${sources} sources; at most ${MAXIMUM_SOURCES} can be mixed`);
  const missing = placeOf(sources + 2) - kernel.memory.buffer.byteLength;
  if (missing > 0) kernel.memory.grow(Math.ceil(missing / PAGE_BYTES));
}

/** Weighted sum of the sources in their order, in 64 bits, rounded to 32 bits once. @throws RangeError for too many sources */
export function weightedSum(base: Float32Array, sources: readonly WeightedSource[]): Float32Array {
  prepare(sources.length);
  const isClipped = sources.some(({ scale }) => scale !== 1);
  const out = new Float32Array(base.length);
  const table = new DataView(kernel.memory.buffer, TABLE, RECORD_BYTES * sources.length);
  for (const [j, { weight, scale }] of sources.entries()) {
    table.setInt32(RECORD_BYTES * j, placeOf(j + 2), true);
    table.setInt32(RECORD_BYTES * j + 4, scale === 1 ? 0 : 1, true);
    table.setFloat64(RECORD_BYTES * j + 8, weight, true);
    table.setFloat64(RECORD_BYTES * j + 16, scale, true);
  }
  for (let start = 0; start < out.length; start += BLOCK_LENGTH) {
    const length = Math.min(BLOCK_LENGTH, out.length - start);
    const result = placeOf(0);
    const own = isClipped ? load(1, base, start) : placeOf(1);
    for (const [j, { vector }] of sources.entries()) load(j + 2, vector, start);
    kernel.sum(result, own, padded(length), TABLE, sources.length);
    out.set(new Float32Array(kernel.memory.buffer, result, length), start);
  }
  return out;
}
