import type { UnitImage } from '../images/image-file.ts';
import type { Samples } from './frame-samples.ts';
import type { PixelLayout } from './pixel-layout.ts';

/** A frame of three samples a pixel as red, green and blue of 0 … 1. */
export function colourImage(samples: Samples, layout: PixelLayout): UnitImage {
  const { rows, columns, bitsStored } = layout;
  const white = 2 ** bitsStored - 1;
  const values = new Float32Array(rows * columns * 3);
  const pixelAt = pixelReader(samples, layout);
  const isYbr = layout.photometric.startsWith('YBR_FULL');
  for (let pixel = 0; pixel < rows * columns; pixel++) {
    const stored = pixelAt(pixel);
    const [red, green, blue] = isYbr ? toRgb(stored, 2 ** (bitsStored - 1)) : stored;
    values[pixel * 3] = clamp(red / white);
    values[pixel * 3 + 1] = clamp(green / white);
    values[pixel * 3 + 2] = clamp(blue / white);
  }
  return { width: columns, height: rows, channels: 3, values };
}

type Triple = readonly [number, number, number];

function pixelReader(
  samples: Samples,
  { rows, columns, isPlanar, photometric }: PixelLayout,
): (pixel: number) => Triple {
  const at = (index: number): number => samples[index] as number;
  const plane = rows * columns;
  if (photometric === 'YBR_FULL_422' && samples.length < plane * 3) {
    // Y, Y, Cb, Cr: two pixels of a row share their colour (PS3.3 C.7.6.3.1.2).
    return (pixel) => {
      const pair = (pixel >> 1) * 4;
      return [at(pair + (pixel & 1)), at(pair + 2), at(pair + 3)];
    };
  }
  if (isPlanar) return (pixel) => [at(pixel), at(plane + pixel), at(2 * plane + pixel)];
  return (pixel) => [at(pixel * 3), at(pixel * 3 + 1), at(pixel * 3 + 2)];
}

/** Full-range YCbCr of ITU-R BT.601 (PS3.3 C.7.6.3.1.2). */
function toRgb([luma, blueness, redness]: Triple, middle: number): Triple {
  const [blue, red] = [blueness - middle, redness - middle];
  return [luma + 1.402 * red, luma - 0.344136 * blue - 0.714136 * red, luma + 1.772 * blue];
}

function clamp(value: number): number {
  return Math.min(1, Math.max(0, value));
}
