import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createSeededRandom } from '../../src/base/seeded-random.ts';
import { distances, MAXIMUM_SOURCES, weightedSum } from '../../src/model/mix-kernel.ts';

/** docs/PROTOCOL.md, X6 and X7, as plainly as they can be written. */
function plainDistance(base: Float32Array, source: Float32Array): number {
  const sums = [0, 0, 0, 0];
  for (const [k, value] of source.entries()) sums[k % 4] = (sums[k % 4] ?? 0) + (value - (base[k] ?? 0)) ** 2;
  const [a = 0, b = 0, c = 0, d = 0] = sums;
  return Math.sqrt(a + b + (c + d));
}

function plainSum(base: Float32Array, sources: readonly { vector: Float32Array; weight: number; scale: number }[]) {
  return base.map((own, k) => {
    let sum = 0;
    for (const { vector, weight, scale } of sources) {
      const value = vector[k] ?? 0;
      sum += weight * (scale === 1 ? value : own + scale * (value - own));
    }
    return sum;
  });
}

/** Lengths around whole lanes and whole blocks, and some between. */
const length = fc.oneof(fc.nat(40), fc.constantFrom(8191, 8192, 8193, 16_384, 20_001));
const count = fc.integer({ min: 1, max: 9 });
const magnitude = fc.constantFrom(1e-40, 1e-3, 1, 1e30);

function vectors(seed: number, length: number, magnitude: number) {
  const random = createSeededRandom(seed, 'mix-kernel');
  return () => Float32Array.from({ length }, () => (random.next() - 0.5) * magnitude);
}

describe('the kernel', () => {
  test('gives the same bits as the plain loops', () => {
    fc.assert(
      fc.property(length, count, magnitude, fc.nat(1000), (length, count, magnitude, seed) => {
        const next = vectors(seed, length, magnitude);
        const base = next();
        const sources = Array.from({ length: count }, (_, j) => ({
          vector: next(),
          weight: (j + 1) / 7,
          scale: j % 3 === 1 ? 0.3 : 1,
        }));
        expect(weightedSum(base, sources)).toEqual(plainSum(base, sources));
        const all = sources.map(({ vector }) => vector);
        expect(distances(base, all)).toEqual(all.map((vector) => plainDistance(base, vector)));
      }),
      { seed: 11, numRuns: 60 },
    );
  });

  test('takes as many sources as its table holds, and no more', () => {
    const source = { vector: Float32Array.of(1, 2, 3), weight: 1 / MAXIMUM_SOURCES, scale: 1 };
    const sources = Array.from({ length: MAXIMUM_SOURCES }, () => source);
    expect(weightedSum(new Float32Array(3), sources)).toEqual(plainSum(new Float32Array(3), sources));
    expect(() => weightedSum(new Float32Array(3), [...sources, source])).toThrow(RangeError);
    const vectors = [...sources, source].map(({ vector }) => vector);
    expect(() => distances(new Float32Array(3), vectors)).toThrow(RangeError);
  });

  test('leaves nothing of a longer vector behind in a shorter one', () => {
    const next = vectors(1, 9000, 1);
    distances(next(), [next()]);
    expect(distances(new Float32Array(5), [Float32Array.of(3, 0, 4, 0, 0)])).toEqual([5]);
  });
});
