import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createSeededRandom } from '../../src/base/seeded-random.ts';
import { CALIBRATION_BINS, calibrationOf } from '../../src/model/calibration.ts';

/** Two classes, by the probability of class 1. */
const risks = (...stated: number[]): Float32Array => Float32Array.from(stated.flatMap((p) => [1 - p, p]));

describe('calibration', () => {
  test('of risks: by hand', () => {
    // Bin 0.2 … 0.3: stated 0.25 twice, came true once of two. Bin 0.9 … 1: stated 0.95, 1; came true both.
    const { error, brier, bins } = calibrationOf(risks(0.25, 0.25, 0.95, 1), Uint8Array.of(0, 1, 1, 1), 2);
    expect(error).toBeCloseTo((2 * 0.25 + 2 * 0.025) / 4, 6);
    expect(brier).toBeCloseTo((2 * (0.0625 + 0.5625 + 0.0025)) / 4, 6);
    expect(bins).toHaveLength(CALIBRATION_BINS);
    expect(bins[2]).toEqual({ samples: 2, predicted: 0.25, observed: 0.5 });
    expect(bins[9]).toMatchObject({ samples: 2, observed: 1 });
    expect(bins[5]).toEqual({ samples: 0, predicted: 0, observed: 0 });
  });

  test('of three classes judges the class that is chosen', () => {
    const stated = Float32Array.of(0.75, 0.15, 0.1, 0.2, 0.65, 0.15);
    const { error, brier, bins } = calibrationOf(stated, Uint8Array.of(0, 2), 3);
    expect([bins[7], bins[6]].map((bin) => [bin?.samples, bin?.observed])).toEqual([
      [1, 1],
      [1, 0],
    ]);
    expect(error).toBeCloseTo((0.25 + 0.65) / 2, 6);
    expect(brier).toBeCloseTo((0.0625 + 0.0225 + 0.01 + 0.04 + 0.4225 + 0.7225) / 2, 6);
  });

  test('is nearly perfect where what is stated happens, and poor where it is stated too boldly', () => {
    const random = createSeededRandom('calibration', 'test');
    const honest = Array.from({ length: 20_000 }, () => random.next());
    const labels = Uint8Array.from(honest, (p) => (random.next() < p ? 1 : 0));
    const bold = honest.map((p) => Math.round(p));
    expect(calibrationOf(risks(...honest), labels, 2).error).toBeLessThan(0.02);
    expect(calibrationOf(risks(...bold), labels, 2).error).toBeGreaterThan(0.2);
  });

  test('stays within its bounds for any probabilities', () => {
    const sample = fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.constantFrom(0, 1));
    fc.assert(
      fc.property(fc.array(sample, { minLength: 1, maxLength: 40 }), (samples) => {
        const stated = risks(...samples.map(([p]) => p));
        const { error, brier, bins } = calibrationOf(
          stated,
          Uint8Array.from(samples, ([, label]) => label),
          2,
        );
        expect(error).toBeGreaterThanOrEqual(0);
        expect(error).toBeLessThanOrEqual(1);
        expect(brier).toBeLessThanOrEqual(2);
        expect(bins.reduce((sum, bin) => sum + bin.samples, 0)).toBe(samples.length);
      }),
    );
  });
});
