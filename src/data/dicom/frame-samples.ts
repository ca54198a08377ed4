import type { PixelLayout } from './pixel-layout.ts';

/** Raw samples of one frame, channels of a pixel side by side. */
export type Samples = Uint8Array | Int8Array | Uint16Array | Int16Array | Uint32Array | Int32Array;

type Bits = Pick<PixelLayout, 'bitsAllocated' | 'bitsStored' | 'highBit' | 'isSigned'>;

/**
 * Little-endian bytes as numbers: bits beyond the stored ones (old overlays) are cleared, and signs extended.
 * @param bytes of whole samples
 */
export function toSamples(bytes: Uint8Array, bits: Bits): Samples {
  const samples = asArray(bytes, bits);
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

function asArray(bytes: Uint8Array, { bitsAllocated, isSigned }: Bits): Samples {
  // Copied, so that the numbers are aligned and the file's bytes stay as they are.
  const { buffer } = new Uint8Array(bytes);
  if (bitsAllocated <= 8) return isSigned ? new Int8Array(buffer) : new Uint8Array(buffer);
  if (bitsAllocated === 16) return isSigned ? new Int16Array(buffer) : new Uint16Array(buffer);
  return isSigned ? new Int32Array(buffer) : new Uint32Array(buffer);
}
