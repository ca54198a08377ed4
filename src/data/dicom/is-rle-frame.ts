import type { PixelLayout } from './pixel-layout.ts';

/** Number of segments, then the places of up to fifteen. */
const HEADER_BYTES = 64;

/**
 * True if a frame has a segment for each byte of a pixel, one after the other; the codec takes anything else for black.
 *
 * Source: DICOM PS3.5, annex G.
 */
export function isRleFrame(encoded: Buffer, { samples, bitsAllocated }: PixelLayout): boolean {
  const segments = samples * (bitsAllocated / 8);
  if (encoded.length < HEADER_BYTES || encoded.readUInt32LE(0) !== segments || segments > 15) return false;
  const places = Array.from({ length: segments }, (_, index) => encoded.readUInt32LE(4 * (index + 1)));
  return (
    places[0] === HEADER_BYTES &&
    [...places.slice(1), encoded.length].every((next, index) => next > (places[index] ?? 0))
  );
}
