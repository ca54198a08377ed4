import { ROUNDER } from './half-floats.ts';

/** Eight-bit numbers with one 32-bit scale a block: the largest magnitude of a block is 127. */
const LARGEST = 127;
const SCALE_BYTES = 4;

export function byteBlocksLength(length: number, blockLength: number): number {
  return length + SCALE_BYTES * Math.ceil(length / blockLength);
}

/** @returns for each block its scale, little-endian, then a signed byte a number; a scale of NaN where a number is not finite */
export function encodeByteBlocks(values: Float32Array, blockLength: number): Uint8Array {
  const bytes = new Uint8Array(byteBlocksLength(values.length, blockLength));
  const view = new DataView(bytes.buffer);
  for (let start = 0, at = 0; start < values.length; start += blockLength) {
    const block = values.subarray(start, start + blockLength);
    const scale = scaleOf(block);
    view.setFloat32(at, scale, true);
    at += SCALE_BYTES;
    if (scale > 0) quantise(block, scale, new Int8Array(bytes.buffer, at, block.length));
    at += block.length;
  }
  return bytes;
}

function scaleOf(block: Float32Array): number {
  let largest = 0;
  for (let k = 0; k < block.length; k++) {
    const magnitude = Math.abs(block[k] as number);
    if (!(magnitude < Number.POSITIVE_INFINITY)) return Number.NaN;
    if (magnitude > largest) largest = magnitude;
  }
  return Math.fround(largest / LARGEST);
}

function quantise(block: Float32Array, scale: number, numbers: Int8Array): void {
  for (let k = 0; k < block.length; k++) {
    const number = (block[k] as number) / scale + ROUNDER - ROUNDER;
    // The smallest scales of all are so coarse that the largest magnitude is more than 127 of them.
    numbers[k] = number > LARGEST ? LARGEST : number < -LARGEST ? -LARGEST : number;
  }
}

/**
 * Reverses {@link encodeByteBlocks}: number · scale, rounded to 32 bits.
 * @returns null for a scale that is negative, negative zero or not finite, a byte of -128, or a number under a scale of zero
 */
export function decodeByteBlocks(bytes: Uint8Array, length: number, blockLength: number): Float32Array | null {
  if (bytes.length !== byteBlocksLength(length, blockLength)) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const values = new Float32Array(length);
  for (let start = 0, at = 0; start < length; start += blockLength) {
    const scale = view.getFloat32(at, true);
    if (!(scale >= 0 && scale < Number.POSITIVE_INFINITY) || Object.is(scale, -0)) return null;
    at += SCALE_BYTES;
    for (let k = start; k < Math.min(length, start + blockLength); k++) {
      const number = view.getInt8(at++);
      if (number < -LARGEST || (scale === 0 && number !== 0)) return null;
      values[k] = number * scale;
    }
  }
  return values;
}
