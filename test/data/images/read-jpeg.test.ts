import { encode } from 'jpeg-js';
import { describe, expect, test } from 'vitest';
import type { UnitImage } from '../../../src/data/images/image-file.ts';
import { readJpeg } from '../../../src/data/images/read-jpeg.ts';
import { plainJpeg } from './image-folder.ts';

function read(bytes: Buffer): UnitImage {
  const [part] = [...readJpeg('image.jpg', bytes).parts];
  return (part as { image: UnitImage }).image;
}

/** 16 × 8 pixels, the left half white. */
function halfWhite(): Buffer {
  const data = Buffer.from(
    Array.from({ length: 128 }, (_, i) => (i % 16 < 8 ? [255, 255, 255, 255] : [0, 0, 0, 255])).flat(),
  );
  return encode({ width: 16, height: 8, data }, 100).data;
}

/** The file with an EXIF segment that states an orientation, in either byte order, and a name that nobody asked for. */
function oriented(bytes: Buffer, orientation: number, isBig = false): Buffer {
  const tiff = isBig ? '4d4d002a00000008' : '49492a0008000000';
  const entry = isBig ? `00010112000300000001000${orientation}0000` : `010012010300010000000${orientation}000000`;
  const exif = Buffer.concat([
    Buffer.from('Exif\0\0', 'latin1'),
    Buffer.from(`${tiff}${entry}00000000`, 'hex'),
    Buffer.from('Jane Doe'),
  ]);
  const head = Buffer.from([0xff, 0xe1, 0, exif.length + 2]);
  return Buffer.concat([bytes.subarray(0, 2), head, exif, bytes.subarray(2)]);
}

/** Mean brightness of the four corners: upper left, upper right, lower left, lower right. */
function corners({ width, height, channels, values }: UnitImage): number[] {
  const at = (x: number, y: number): number => Math.round(values[(y * width + x) * channels] as number);
  return [at(0, 0), at(width - 1, 0), at(0, height - 1), at(width - 1, height - 1)];
}

describe('a JPEG', () => {
  test('of colour has its colour', () => {
    const { width, height, channels, values } = read(plainJpeg(10, 6, [255, 0, 0]));
    expect([width, height, channels]).toEqual([10, 6, 3]);
    expect(values[0]).toBeGreaterThan(0.95);
    expect(values[1]).toBeLessThan(0.05);
  });

  test.each([
    [1, [16, 8], [1, 0, 1, 0]],
    [2, [16, 8], [0, 1, 0, 1]],
    [3, [16, 8], [0, 1, 0, 1]],
    [4, [16, 8], [1, 0, 1, 0]],
    [5, [8, 16], [1, 1, 0, 0]],
    [6, [8, 16], [1, 1, 0, 0]],
    [7, [8, 16], [0, 0, 1, 1]],
    [8, [8, 16], [0, 0, 1, 1]],
  ])('of orientation %i is turned upright', (orientation, size, expected) => {
    for (const isBig of [false, true]) {
      const image = read(oriented(halfWhite(), orientation, isBig));
      expect([image.width, image.height]).toEqual(size);
      expect(corners(image)).toEqual(expected);
    }
  });
});

describe('a JPEG is refused', () => {
  const jpeg = plainJpeg(16, 16, [9, 9, 9]);
  const frame = jpeg.indexOf(Buffer.from([0xff, 0xc0]));
  const changed = (at: number, ...bytes: number[]): Buffer => {
    const copy = Buffer.from(jpeg);
    copy.set(bytes, at);
    return copy;
  };

  test.each([
    ['that states 65,535 squared pixels', changed(frame + 5, 0xff, 0xff, 0xff, 0xff), 'data/too-large', frame],
    ['of no pixels', changed(frame + 5, 0, 0), 'data/bad-image', frame],
    ['of four components', changed(frame + 9, 4), 'data/unsupported-image', frame],
    ['of 12 bits', changed(frame + 4, 12), 'data/unsupported-image', frame],
    ['with arithmetic coding', changed(frame + 1, 0xc9), 'data/unsupported-image', frame],
    ['with impossible sampling', changed(frame + 11, 0xff), 'data/bad-image', frame],
    ['with a segment beyond its end', changed(4, 0xff, 0xff), 'data/bad-image', 2],
    ['cut off before its pixels', jpeg.subarray(0, frame), 'data/bad-image', frame],
  ])('%s', (_, bytes, code, offset) => {
    expect(() => read(bytes)).toThrow(expect.objectContaining({ code, details: { file: 'image.jpg', offset } }));
  });
});
