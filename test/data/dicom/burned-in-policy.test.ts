import { describe, expect, test } from 'vitest';
import { hasShared, pixelsOf, readShared } from './read-shared.ts';

const STATED = 'deid_data/ultrasounds/GREYSCALE_IMAGE.dcm';
const FOUND = 'deid_data/ultrasounds/RGB_IMAGE.dcm';
const CT = 'pydicom_test_files/CT_small.dcm';
/** Rows of the banner that has the name. */
const BANNER_ROWS = 40;

describe.runIf(hasShared)('text in the pixels', () => {
  test.each([STATED, FOUND])('keeps %s from being read', async (file) => {
    await expect(readShared(file, { burnedIn: 'refuse' })).rejects.toMatchObject({ code: 'data/burned-in' });
  });

  test.each([STATED, FOUND])('is blanked in %s, and is there otherwise', async (file) => {
    const [part] = await readShared(file, { burnedIn: 'blank' });
    const { width, channels, values } = part?.image ?? { width: 0, channels: 1, values: new Float32Array(0) };
    const bright = (pixels: Float32Array): number =>
      pixels.subarray(0, BANNER_ROWS * width * channels).filter((v) => v > 0.8).length;
    const before = bright(await pixelsOf(file, { burnedIn: 'ignore' }));
    expect(before).toBeGreaterThan(100);
    expect(bright(values)).toBeLessThan(before / 5);
  });

  test('is not looked for in a CT', async () => {
    const pixels = await pixelsOf(CT, { burnedIn: 'ignore' });
    expect(await pixelsOf(CT, { burnedIn: 'refuse' })).toEqual(pixels);
    expect(await pixelsOf(CT, { burnedIn: 'blank' })).toEqual(pixels);
  });
});
