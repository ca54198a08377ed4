import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { faultOfVector } from '../../../src/model/mix.ts';

/** Ordinary numbers, the oddest among them. */
const ordinary = fc.oneof(
  fc.float({ min: -1e6, max: 1e6, noNaN: true }),
  fc.constantFrom(0, -0, 1e-45, -1e-45, 2 ** 40 - 2 ** 16),
);
const poison = fc.oneof(
  fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY),
  fc.float({ min: 2 ** 40, noNaN: true }).filter(Number.isFinite),
  fc.float({ max: -(2 ** 40), noNaN: true }).filter(Number.isFinite),
);

test('a hundred thousand vectors with one poisonous number are all refused, and without it none is', () => {
  fc.assert(
    fc.property(fc.array(ordinary, { minLength: 1, maxLength: 12 }), poison, fc.nat(), (numbers, value, at) => {
      const vector = Float32Array.from(numbers);
      expect(faultOfVector(vector)).toBeNull();
      vector[at % vector.length] = value;
      expect(faultOfVector(vector)).toBe(Number.isFinite(vector[at % vector.length]) ? 'out-of-range' : 'not-finite');
    }),
    { numRuns: 100_000 },
  );
});
