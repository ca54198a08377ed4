import { imageError } from '../images/image-error.ts';
import type { DicomFile } from './dicom-file.ts';
import type { PixelLayout } from './pixel-layout.ts';

const EXPLICIT_BIG = '1.2.840.10008.1.2.2';

/**
 * The bytes of one frame of uncompressed pixel data, little-endian, one pixel after the other.
 * @throws DataError `data/bad-image` if the file has fewer bytes than its header asks for
 */
export function nativeFrame(file: DicomFile, layout: PixelLayout, frame: number): Buffer {
  const element = file.dataSet.elements['x7fe00010'];
  const offset = element?.dataOffset ?? 0;
  const available = Math.min(element?.length ?? 0, file.bytes.length - offset);
  const bits = frameBits(layout);
  const asked = Math.ceil((bits * layout.frames) / 8);
  if (asked > available) {
    const reason = `has ${available} bytes of pixel data, not ${asked}`;
    throw imageError(file.path, { code: 'data/bad-image', reason, offset: offset + available });
  }
  const pixels = file.bytes.subarray(offset, offset + asked + (asked % 2));
  const ordered = file.transferSyntax === EXPLICIT_BIG ? littleEndian(pixels, layout, element?.vr) : pixels;
  return layout.bitsAllocated === 1
    ? unpackBits(ordered, frame * bits, bits)
    : ordered.subarray((frame * bits) / 8, ((frame + 1) * bits) / 8);
}

function frameBits({ rows, columns, samples, bitsAllocated, photometric }: PixelLayout): number {
  // Two pixels share one pair of colour differences.
  const perPixel = photometric === 'YBR_FULL_422' ? 2 : samples;
  return rows * columns * perPixel * bitsAllocated;
}

/** Bytes that were written as 16-bit words lie in pairs the wrong way round. */
function littleEndian(pixels: Buffer, { bitsAllocated }: PixelLayout, vr: string | undefined): Buffer {
  const copy = Buffer.from(pixels);
  if (bitsAllocated === 32) return copy.subarray(0, copy.length - (copy.length % 4)).swap32();
  if (bitsAllocated === 16 || vr === 'OW') return copy.subarray(0, copy.length - (copy.length % 2)).swap16();
  return copy;
}

/** One byte a pixel out of eight pixels a byte, the first in the lowest bit. */
function unpackBits(bytes: Buffer, from: number, count: number): Buffer {
  const pixels = Buffer.alloc(count);
  for (let index = 0; index < count; index++) {
    const bit = from + index;
    pixels[index] = ((bytes[bit >> 3] as number) >> (bit & 7)) & 1;
  }
  return pixels;
}
