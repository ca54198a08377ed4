import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createSeededRandom, type SeededRandom } from '../../src/base/seeded-random.ts';
import { knnShapley, type LabelledPoints } from '../../src/valuation/knn-shapley.ts';
import { exactShapley } from '../../src/valuation/shapley.ts';
import { standardise } from '../../src/valuation/standardise.ts';

const points = (values: readonly number[], labels: readonly number[], width = 1): LabelledPoints => ({
  values: Float32Array.from(values),
  width,
  labels: Uint8Array.from(labels),
});

function randomPoints(random: SeededRandom, count: number, classes: number): LabelledPoints {
  const values = Array.from({ length: 2 * count }, () => random.next());
  const labels = Array.from({ length: count }, () => random.integer(classes));
  return points(values, labels, 2);
}

/** The game itself, straight from its definition: the mean share of votes of a coalition's K nearest for the right class. */
function worthOf(training: LabelledPoints, heldOut: LabelledPoints, neighbours: number) {
  const distance = (record: number, judge: number): number =>
    Math.hypot(
      ...Array.from(
        { length: training.width },
        (_, i) =>
          (training.values[record * training.width + i] ?? 0) - (heldOut.values[judge * training.width + i] ?? 0),
      ),
    );
  return (coalition: readonly number[]): number => {
    let votes = 0;
    for (const [judge, label] of heldOut.labels.entries()) {
      const nearest = coalition.toSorted((a, b) => distance(a, judge) - distance(b, judge) || a - b);
      votes += nearest.slice(0, neighbours).filter((record) => training.labels[record] === label).length / neighbours;
    }
    return votes / heldOut.labels.length;
  };
}

describe('KNN-Shapley', () => {
  // Five records on a line, K = 2: computed over all 2^5 coalitions by another program.
  test('gives the values of a game that was worked out elsewhere', () => {
    const values = knnShapley(points([0, 1, 2, 3, 10], [0, 1, 0, 1, 0]), points([0.4], [0]), 2);
    const expected = [0.283333333333, -0.216666666667, 0.283333333333, -0.05, 0.2];
    for (const [i, value] of expected.entries()) expect(values[i]).toBeCloseTo(value, 11);
  });

  test('is the exact Shapley value of the game, also where there are fewer records than neighbours', async () => {
    for (let seed = 0; seed < 40; seed++) {
      const random = createSeededRandom(seed, 'knn');
      const training = randomPoints(random, 1 + random.integer(8), 3);
      const heldOut = randomPoints(random, 1 + random.integer(4), 3);
      const neighbours = 1 + random.integer(10);
      const expected = await exactShapley(training.labels.length, worthOf(training, heldOut, neighbours));
      const values = knnShapley(training, heldOut, neighbours);
      for (const [i, value] of expected.entries()) expect(values[i], `seed ${seed}`).toBeCloseTo(value, 12);
    }
  });

  test('takes the lower index of equally near records first, as the game does', async () => {
    const training = points([1, 1, 1, -1], [0, 1, 0, 1]);
    const heldOut = points([0], [0]);
    const expected = await exactShapley(4, worthOf(training, heldOut, 2));
    const values = knnShapley(training, heldOut, 2);
    for (const [i, value] of expected.entries()) expect(values[i]).toBeCloseTo(value, 12);
  });

  test('sums to the worth of all records', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 20 }), (seed, count, k) => {
        const random = createSeededRandom(seed);
        const [training, heldOut] = [randomPoints(random, count, 4), randomPoints(random, 5, 4)];
        const sum = knnShapley(training, heldOut, k).reduce((a, b) => a + b, 0);
        const everybody = training.labels.map((_, i) => i);
        expect(sum).toBeCloseTo(worthOf(training, heldOut, k)([...everybody]), 9);
      }),
      { numRuns: 60 },
    );
  });

  test.each([
    ['no training record', points([], []), points([1], [0]), 1],
    ['no held-out record', points([1], [0]), points([], []), 1],
    ['points of different width', points([1, 2], [0], 2), points([1], [0]), 1],
    ['no neighbour', points([1], [0]), points([1], [0]), 0],
    ['half a neighbour', points([1], [0]), points([1], [0]), 1.5],
  ])('refuses %s', (_, training, heldOut, neighbours) => {
    expect(() => knnShapley(training, heldOut, neighbours)).toThrow(RangeError);
  });
});

test('standardised points have the mean 0 and the spread 1 of the training part in every column', () => {
  const [training, heldOut] = standardise(points([1, 5, 3, 5, 5, 5], [0, 1, 0], 2), points([7, 6], [0], 2));
  const spread = Math.sqrt(8 / 3);
  // The second column is the same for all: it tells nobody apart, and neither does it among held-out records.
  expect([...training.values]).toEqual([-2 / spread, 0, 0, 0, 2 / spread, 0].map(Math.fround));
  expect([...heldOut.values]).toEqual([4 / spread, 0].map(Math.fround));
});
