import { imageError } from '../images/image-error.ts';
import { bytesOf } from './dicom-values.ts';
import { BIG_ENDIAN_SYNTAX, type OpenDicom, offsetOf } from './open-dicom.ts';
import type { PixelLayout } from './pixel-layout.ts';

const PIXEL_DATA = 0x7fe00010;

/**
 * The bytes of one frame of uncompressed pixel data, little-endian, one pixel after the other.
 * @throws DataError `data/bad-image` if the file has fewer bytes than its header asks for
 */
export function nativeFrame(file: OpenDicom, layout: PixelLayout, frame: number): Buffer {
  const element = file.elements.get(PIXEL_DATA);
  const stored = element?.value.kind === 'bytes' ? bytesOf(file, PIXEL_DATA) : null;
  const available = stored?.length ?? 0;
  const bits = frameBits(layout);
  const asked = Math.ceil((bits * layout.frames) / 8);
  if (!stored || asked > available) {
    const reason = `has ${available} bytes of pixel data, not ${asked}`;
    throw imageError(file.path, { code: 'data/bad-image', reason, offset: offsetOf(file, PIXEL_DATA) });
  }
  const pixels = stored.subarray(0, asked + (asked % 2));
  const ordered = file.transferSyntax === BIG_ENDIAN_SYNTAX ? littleEndian(pixels, layout, element?.vr) : pixels;
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
