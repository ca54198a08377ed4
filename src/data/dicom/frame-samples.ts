import type { PixelLayout } from './pixel-layout.ts';

/** Raw samples of one frame, channels of a pixel side by side. */
export type Samples = Uint8Array | Int8Array | Uint16Array | Int16Array | Uint32Array | Int32Array;

type Bits = Pick<PixelLayout, 'bitsAllocated' | 'bitsStored' | 'highBit' | 'isSigned'>;

/**
 * Little-endian bytes as numbers: bits beyond the stored ones (old overlays) are cleared, and signs extended.
 * @param bytes of whole samples
 * @param isOwn true if nobody else needs the bytes, which then become the numbers; they are copied otherwise
 */
export function toSamples(bytes: Uint8Array, bits: Bits, isOwn = false): Samples {
  const samples = asArray(isOwn && bytes.byteOffset === 0 ? bytes : new Uint8Array(bytes), bits);
  const { bitsStored, highBit, isSigned } = bits;
  const width = samples.BYTES_PER_ELEMENT * 8;
  if (bitsStored === width || bits.bitsAllocated === 1) return samples;
  // Shifted up to the sign of 32 bits and down again, which keeps or clears the sign.
  const [up, down] = [31 - highBit, 32 - bitsStored];
  for (let index = 0; index < samples.length; index++) {
    const raised = (samples[index] as number) << up;
    samples[index] = isSigned ? raised >> down : raised >>> down;
  }
  return samples;
}

/** @param bytes that begin their buffer, so that numbers are aligned */
function asArray({ buffer, length }: Uint8Array, { bitsAllocated, isSigned }: Bits): Samples {
  if (bitsAllocated <= 8) return isSigned ? new Int8Array(buffer, 0, length) : new Uint8Array(buffer, 0, length);
  const count = Math.floor((length * 8) / bitsAllocated);
  if (bitsAllocated === 16) return isSigned ? new Int16Array(buffer, 0, count) : new Uint16Array(buffer, 0, count);
  return isSigned ? new Int32Array(buffer, 0, count) : new Uint32Array(buffer, 0, count);
}
