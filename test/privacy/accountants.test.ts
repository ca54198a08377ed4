import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { calibrateNoise } from '../../src/privacy/calibrate-noise.ts';
import { fourierTransform } from '../../src/privacy/fourier-transform.ts';
import { logErfc } from '../../src/privacy/log-erfc.ts';
import { epsilonByPld } from '../../src/privacy/pld-accountant.ts';
import { epsilonByRdp, renyiDivergence } from '../../src/privacy/rdp-accountant.ts';
import type { SampledGaussian } from '../../src/privacy/sampled-gaussian.ts';
import { accountingVectors, analyticGaussianVectors, divergenceVectors } from './accounting-vectors.ts';

/** How far two evaluations on different grids may be apart, relative. */
const GRID_TOLERANCE = 2e-4;
const plain: SampledGaussian = { noiseMultiplier: 1, samplingRate: 0.02, steps: 100 };

/** δ of the Gaussian mechanism in closed form: Balle and Wang, 2018, theorem 8. */
function gaussianDelta(epsilon: number, sigma: number): number {
  const upperTail = (x: number): number => Math.exp(logErfc(x / Math.SQRT2)) / 2;
  return (
    upperTail(epsilon * sigma - 1 / (2 * sigma)) - Math.exp(epsilon) * upperTail(epsilon * sigma + 1 / (2 * sigma))
  );
}

/** Steps that an evaluation of takes milliseconds, not seconds. */
const mechanisms = fc.record({
  noiseMultiplier: fc.double({ min: 0.5, max: 4, noNaN: true }),
  samplingRate: fc.double({ min: 0.005, max: 1, noNaN: true }),
  steps: fc.integer({ min: 1, max: 400 }),
});

describe('the accountants', () => {
  test.each(accountingVectors)('agree with the vector σ %f, q %f, %i steps, δ %f', (...vector) => {
    const [noiseMultiplier, samplingRate, steps, delta, rdp, pld] = vector;
    const mechanism = [{ noiseMultiplier, samplingRate, steps }];
    if (rdp !== null) expect(Math.abs(epsilonByRdp(mechanism, delta) - rdp)).toBeLessThanOrEqual(1e-5 * rdp);
    expect(Math.abs(epsilonByPld(mechanism, delta) - pld)).toBeLessThanOrEqual(5e-4 * pld);
  });

  test.each(divergenceVectors)('agree on the divergence of order %f', (order, divergence) => {
    const mechanism = { noiseMultiplier: 2.5, samplingRate: 0.01, steps: 50 };
    expect(renyiDivergence(mechanism, order) / divergence).toBeCloseTo(1, 6);
  });

  test('say that the divergence of infinite order is infinite', () => {
    expect(renyiDivergence(plain, Number.POSITIVE_INFINITY)).toBe(Number.POSITIVE_INFINITY);
  });

  test('agree with the closed form where there is no sampling', () => {
    for (const sigma of [0.5, 1, 3]) {
      const epsilon = epsilonByPld([{ noiseMultiplier: sigma, samplingRate: 1, steps: 1 }], 1e-6);
      expect(gaussianDelta(epsilon, sigma) / 1e-6).toBeCloseTo(1, 3);
    }
  });

  test('charge nothing for no step, and nothing for no sampling', () => {
    for (const mechanism of [
      { ...plain, steps: 0 },
      { ...plain, samplingRate: 0 },
    ]) {
      expect([epsilonByRdp([mechanism], 1e-5), epsilonByPld([mechanism], 1e-5)]).toEqual([0, 0]);
    }
    expect([epsilonByRdp([], 1e-5), epsilonByPld([], 1e-5)]).toEqual([0, 0]);
  });

  test('compose different mechanisms, and steps in parts as steps at once', () => {
    const parts = [
      { ...plain, steps: 30 },
      { ...plain, steps: 70 },
    ];
    expect(epsilonByPld(parts, 1e-5) / epsilonByPld([plain], 1e-5)).toBeCloseTo(1, 4);
    expect(epsilonByRdp(parts, 1e-5) / epsilonByRdp([plain], 1e-5)).toBeCloseTo(1, 9);
    const mixed = [plain, { noiseMultiplier: 4, samplingRate: 1, steps: 3 }];
    expect(epsilonByPld(mixed, 1e-5)).toBeGreaterThan(epsilonByPld([plain], 1e-5));
    expect(epsilonByPld(mixed, 1e-5)).toBeLessThan(epsilonByRdp(mixed, 1e-5));
  });

  test('put the loss distribution never above the Rényi bound', () => {
    fc.assert(
      fc.property(mechanisms, fc.constantFrom(1e-4, 1e-6), (mechanism, delta) => {
        const bound = epsilonByRdp([mechanism], delta);
        expect(epsilonByPld([mechanism], delta)).toBeLessThanOrEqual(bound * (1 + GRID_TOLERANCE));
      }),
      { seed: 32, numRuns: 10 },
    );
  });

  test('charge more for more steps, more sampling, less noise and less δ', () => {
    const dearer = (a: SampledGaussian, b: SampledGaussian, deltas: readonly [number, number]): void => {
      expect(epsilonByRdp([b], deltas[1])).toBeGreaterThanOrEqual(epsilonByRdp([a], deltas[0]));
      const margin = 1 - GRID_TOLERANCE;
      expect(epsilonByPld([b], deltas[1])).toBeGreaterThanOrEqual(margin * epsilonByPld([a], deltas[0]));
    };
    fc.assert(
      fc.property(mechanisms, fc.double({ min: 1, max: 2, noNaN: true }), (m, factor) => {
        const delta = 1e-5;
        dearer(m, { ...m, steps: Math.ceil(m.steps * factor) }, [delta, delta]);
        dearer(m, { ...m, samplingRate: Math.min(1, m.samplingRate * factor) }, [delta, delta]);
        dearer({ ...m, noiseMultiplier: m.noiseMultiplier * factor }, m, [delta, delta]);
        dearer(m, m, [delta * factor, delta]);
      }),
      { seed: 33, numRuns: 4 },
    );
  });

  test.each([
    { noiseMultiplier: Number.NaN },
    { noiseMultiplier: -1 },
    { noiseMultiplier: 0 },
    { samplingRate: Number.NaN },
    { samplingRate: -0.1 },
    { samplingRate: 1.1 },
    { steps: -1 },
    { steps: 1.5 },
    { steps: Number.POSITIVE_INFINITY },
  ])('refuse %o', (change) => {
    const refused = expect.objectContaining({ code: 'privacy/invalid-parameters' });
    expect(() => epsilonByRdp([{ ...plain, ...change }], 1e-5)).toThrow(refused);
    expect(() => epsilonByPld([{ ...plain, ...change }], 1e-5)).toThrow(refused);
  });

  test.each([0, 1, -1, 2, Number.NaN])('refuse δ = %f', (delta) => {
    const refused = expect.objectContaining({ code: 'privacy/invalid-parameters' });
    expect(() => epsilonByRdp([plain], delta)).toThrow(refused);
    expect(() => epsilonByPld([plain], delta)).toThrow(refused);
  });
});

describe('calibration', () => {
  test.each(analyticGaussianVectors)('finds the analytic Gaussian noise for ε %f, δ %f', (epsilon, delta, sigma) => {
    const found = calibrateNoise({ epsilon, delta, samplingRate: 1, steps: 1 });
    expect(found / sigma).toBeGreaterThan(1 - 1e-5);
    expect(found / sigma).toBeLessThan(1 + 3e-4);
  });

  test('finds the noise that others publish', () => {
    // Opacus' accountant tests: ε = 8 at δ = 10⁻⁵ with q = 0.04, by numerical composition: 1.2915 for 2,000 steps, with an error bound added.
    const found = calibrateNoise({ epsilon: 8, delta: 1e-5, samplingRate: 0.04, steps: 2000 });
    expect(Math.abs(found / 1.2915 - 1)).toBeLessThan(2e-3);
  });

  test('never overshoots, and is never much too careful', () => {
    fc.assert(
      fc.property(mechanisms, fc.double({ min: 0.2, max: 12, noNaN: true }), ({ samplingRate, steps }, epsilon) => {
        const noiseMultiplier = calibrateNoise({ epsilon, delta: 1e-5, samplingRate, steps });
        const reached = epsilonByPld([{ noiseMultiplier, samplingRate, steps }], 1e-5);
        expect(reached).toBeLessThanOrEqual(epsilon);
        expect(reached).toBeGreaterThan(0.995 * epsilon);
      }),
      { seed: 34, numRuns: 3 },
    );
  });

  test('refuses what it cannot reach', () => {
    const target = { epsilon: 1e-9, delta: 1e-12, samplingRate: 1, steps: 1e8 };
    expect(() => calibrateNoise(target)).toThrow(expect.objectContaining({ code: 'privacy/unreachable' }));
    const nothing = { ...target, epsilon: 0 };
    expect(() => calibrateNoise(nothing)).toThrow(expect.objectContaining({ code: 'privacy/invalid-parameters' }));
  });
});

describe('what they stand on', () => {
  test('the logarithm of erfc is that of the tables', () => {
    // NIST Handbook of Mathematical Functions, table 7.1 and asymptotics.
    const table = [
      [0, 0],
      [0.5, Math.log(0.4795001221869535)],
      [1, Math.log(0.15729920705028513)],
      [2, Math.log(0.004677734981047266)],
      [3, Math.log(2.209049699858544e-5)],
      [-1, Math.log(1.8427007929497148)],
      [10, Math.log(2.088487583762545e-45)],
    ] as const;
    for (const [x, log] of table) expect(Math.abs(logErfc(x) - log)).toBeLessThan(1e-11 * Math.max(1, Math.abs(log)));
  });

  test('the transform is the sum that defines it, and its own inverse', () => {
    const values = Float64Array.from({ length: 16 }, (_, i) => Math.sin(i * i));
    const real = values.slice();
    const imaginary = new Float64Array(16);
    fourierTransform(real, imaginary);
    const third = values.reduce((sum, value, i) => sum + value * Math.cos((2 * Math.PI * 3 * i) / 16), 0);
    expect(real[3]).toBeCloseTo(third, 12);
    fourierTransform(imaginary, real);
    for (const [i, value] of values.entries()) expect((real[i] as number) / 16).toBeCloseTo(value, 12);
  });
});
