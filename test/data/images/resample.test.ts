import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { resampleImage, resampleRecord } from '../../../src/data/images/resample.ts';

const side = fc.integer({ min: 1, max: 40 });
const stretched = (height: number, width: number, channels = 1) =>
  ({ height, width, channels, fit: 'stretch' }) as const;

describe('resampling', () => {
  test('takes the mean over the area where sides shrink', () => {
    const image = Float32Array.of(0, 1, 1, 0.5, 0, 1);
    expect(resampleImage(image, [1, 6, 1], stretched(1, 3))).toEqual(Float32Array.of(0.5, 0.75, 0.5));
    expect(resampleImage(Float32Array.of(0, 0.75, 0.375), [1, 3, 1], stretched(1, 2))).toEqual(
      Float32Array.of(0.25, 0.5),
    );
  });

  test('goes in a straight line between pixel centres where they grow', () => {
    const grown = resampleImage(Float32Array.of(0, 1), [1, 2, 1], stretched(1, 4));
    expect(grown).toEqual(Float32Array.of(0, 0.25, 0.75, 1));
  });

  test('keeps the proportions and adds black at both ends, unless told to stretch', () => {
    const wide = new Float32Array(8).fill(1);
    const padded = resampleImage(wide, [2, 4, 1], { height: 4, width: 4, channels: 1 });
    expect([...padded]).toEqual([0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0]);
    expect([...resampleImage(wide, [2, 4, 1], stretched(4, 4))]).toEqual(Array(16).fill(1));
  });

  test('makes grey by luma and colour by repetition', () => {
    const colours = Float32Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1);
    expect(resampleImage(colours, [1, 3, 3], stretched(1, 3))).toEqual(Float32Array.of(0.299, 0.587, 0.114));
    expect(resampleImage(Float32Array.of(0.5), [1, 1, 1], stretched(1, 1, 3))).toEqual(Float32Array.of(0.5, 0.5, 0.5));
  });

  test('leaves one shade as it is, at any size', () => {
    fc.assert(
      fc.property(side, side, side, side, (height, width, toHeight, toWidth) => {
        const image = new Float32Array(height * width).fill(0.25);
        const result = resampleImage(image, [height, width, 1], stretched(toHeight, toWidth));
        return result.length === toHeight * toWidth && result.every((value) => Math.abs(value - 0.25) < 1e-6);
      }),
    );
  });

  test('keeps the mean when it shrinks by whole numbers, and stays within the range', () => {
    fc.assert(
      fc.property(fc.array(fc.float({ min: 0, max: 1, noNaN: true }), { minLength: 36, maxLength: 36 }), (pixels) => {
        const image = Float32Array.from(pixels);
        const mean = (values: Float32Array): number =>
          values.reduce((total, value) => total + value, 0) / values.length;
        const small = resampleImage(image, [6, 6, 1], stretched(3, 2));
        const large = resampleImage(image, [6, 6, 1], stretched(11, 17));
        const [least, most] = [Math.min(...image), Math.max(...image)];
        const isWithin = [...small, ...large].every((value) => value >= least - 1e-6 && value <= most + 1e-6);
        return isWithin && Math.abs(mean(small) - mean(image)) < 1e-6;
      }),
    );
  });

  test('leaves the rest of a record as it is', () => {
    const record = { place: 'a', patient: 'p', label: 'x', values: Float32Array.of(0, 1), shape: [1, 2, 1] };
    expect(resampleRecord(record, stretched(1, 1))).toEqual({
      ...record,
      values: Float32Array.of(0.5),
      shape: [1, 1, 1],
    });
  });
});
