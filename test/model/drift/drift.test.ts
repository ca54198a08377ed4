import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { createSeededRandom } from '../../../src/base/seeded-random.ts';
import { kolmogorovSmirnov } from '../../../src/model/drift/kolmogorov-smirnov.ts';
import {
  kernelMatrix,
  maximumMeanDiscrepancy,
  permutationTest,
} from '../../../src/model/drift/maximum-mean-discrepancy.ts';
import { measureJointly, measureQuantities } from '../../../src/model/drift/measure-drift.ts';
import { countBetween, populationStability, quantileBounds } from '../../../src/model/drift/population-stability.ts';

const ks = z.object({ D: z.number(), p_exact: z.number() });
const vectors = z
  .object({
    ks,
    ks_shift: ks,
    psi: z.object({
      edges: z.array(z.number()),
      expected_counts: z.array(z.number()),
      actual_counts: z.array(z.number()),
      value: z.number(),
    }),
    mmd: z.object({
      X: z.array(z.array(z.number())),
      Y: z.array(z.array(z.number())),
      mmd2_unbiased: z.number(),
      mmd2_biased: z.number(),
    }),
  })
  .parse(JSON.parse(readFileSync('../shared/vectors/drift.json', 'utf8')));

const x = Array.from({ length: 20 }, (_, i) => (i + 1) / 20);
const squares = x.map((value) => value ** 2);
const points = (rows: readonly number[][]) => ({ values: rows.flat(), count: rows.length });

/** Sums of twelve uniform numbers: all but normal, with standard deviation 1. */
function normals(seed: string, count: number, mean = 0): number[] {
  const random = createSeededRandom(seed);
  return Array.from({ length: count }, () => {
    let sum = mean - 6;
    for (let i = 0; i < 12; i++) sum += random.next();
    return sum;
  });
}

describe('the published vectors', () => {
  test.each([
    ['ks', squares],
    ['ks_shift', squares.map((value) => value + 0.3)],
  ] as const)('%s', (name, y) => {
    const { distance, pValue } = kolmogorovSmirnov(x, y);
    expect(distance).toBeCloseTo(vectors[name].D, 12);
    expect(pValue).toBeCloseTo(vectors[name].p_exact, 12);
    expect(kolmogorovSmirnov(y, x)).toEqual({ distance, pValue: expect.closeTo(pValue, 12) });
  });

  test('psi', () => {
    const { edges, expected_counts: expected, actual_counts: actual, value } = vectors.psi;
    expect(populationStability(expected, actual)).toBeCloseTo(value, 12);
    const inner = edges.slice(1, -1);
    expect(countBetween(x, inner)).toEqual(expected);
    expect(countBetween(squares, inner)).toEqual(actual);
  });

  test('mmd', () => {
    const { X, Y, mmd2_unbiased: unbiased, mmd2_biased: biased } = vectors.mmd;
    const found = maximumMeanDiscrepancy(kernelMatrix(points(X), points(Y), 0.5));
    expect(found.unbiased).toBeCloseTo(unbiased, 12);
    expect(found.biased).toBeCloseTo(biased, 12);
  });
});

describe('kolmogorovSmirnov', () => {
  test('is exact for sizes that differ', () => {
    // Of the 10 orders of 2 and 3 values, 2 keep the samples apart.
    expect(kolmogorovSmirnov([1, 2], [3, 4, 5])).toEqual({ distance: 1, pValue: expect.closeTo(0.2, 12) });
    expect(kolmogorovSmirnov([1, 1, 1], [1, 1])).toEqual({ distance: 0, pValue: 1 });
    expect(() => kolmogorovSmirnov([], [1])).toThrow(RangeError);
  });
});

describe('populationStability', () => {
  test('stays finite for a bin without a value, and is 0 for equal shares', () => {
    expect(populationStability([2, 4], [20, 40])).toBeCloseTo(0, 12);
    expect(populationStability([10, 0], [5, 5])).toBeGreaterThan(0.25);
    expect(populationStability([10, 0], [5, 5])).toBeLessThan(5);
    expect(() => populationStability([1], [1, 1])).toThrow(RangeError);
    expect(() => populationStability([0, 0], [1, 1])).toThrow(RangeError);
  });

  test('cuts a reference into equal parts, and ties into fewer', () => {
    expect(countBetween(x, quantileBounds(x, 4))).toEqual([5, 5, 5, 5]);
    expect(quantileBounds([0, 0, 0, 0, 0, 0, 0, 1], 4)).toEqual([]);
    expect(quantileBounds([0, 0, 0, 1, 1, 1], 4)).toEqual([1]);
  });
});

describe('measureQuantities', () => {
  test('tells a shift of one standard deviation, and none of equal distributions', () => {
    const reference = normals('reference', 300);
    const [same, shifted] = measureQuantities([
      { name: 'same', reference, current: normals('same', 120) },
      { name: 'shifted', reference, current: normals('shifted', 120, 1) },
    ]);
    expect(same?.state).toBe('steady');
    expect(shifted).toMatchObject({ state: 'alert', level: 0.005 });
    expect(shifted?.psi).toBeGreaterThan(0.25);
    expect(shifted?.current.reduce((total, share) => total + share, 0)).toBeCloseTo(1, 12);
  });

  test('raises no alarm by chance more than once in a hundred comparisons of small samples', () => {
    const alarms = Array.from({ length: 100 }, (_, i) => {
      const quantity = { name: 'q', reference: normals(`r${i}`, 100), current: normals(`c${i}`, 25) };
      return measureQuantities([quantity])[0]?.state;
    }).filter((state) => state !== 'steady');
    expect(alarms.length).toBeLessThanOrEqual(1);
  });
});

describe('measureJointly', () => {
  test('finds a shift in how numbers go together that no number shows by itself', () => {
    const pair = (seed: string, sign: 1 | -1): { values: number[]; count: number } => ({
      values: normals(seed, 60).flatMap((value, i) => [value, sign * value + 0.1 * Math.sin(i)]),
      count: 60,
    });
    expect(measureJointly(pair('a', 1), pair('b', 1), 'seed').state).toBe('steady');
    expect(measureJointly(pair('a', 1), pair('b', -1), 'seed')).toMatchObject({ state: 'alert', pValue: 1 / 200 });
  });

  test('deals the same for the same seed', () => {
    const kernel = kernelMatrix(points([[0], [1], [2]]), points([[5], [6]]));
    expect(permutationTest(kernel, 99, 's')).toBe(permutationTest(kernel, 99, 's'));
  });
});
