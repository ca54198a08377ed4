import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { linearScale, niceDomain } from '../../src/report/scale.ts';
import { tickStep, ticks } from '../../src/report/ticks.ts';

describe('ticks', () => {
  it.each([
    [0, 1, 5, [0, 0.2, 0.4, 0.6, 0.8, 1]],
    [0, 10, 5, [0, 2, 4, 6, 8, 10]],
    [-30, 70, 4, [0, 50]],
    [-30, 70, 5, [-20, 0, 20, 40, 60]],
    [0.83, 0.95, 4, [0.85, 0.9, 0.95]],
    [3, 3, 4, [3]],
    [0.2, 0.4, 4, [0.2, 0.25, 0.3, 0.35, 0.4]],
  ])('from %d to %d, about %i, are round numbers', (low, high, count, expected) => {
    expect(ticks(low, high, { count })).toEqual(expected);
  });

  it('of rounds are whole', () => {
    expect(ticks(0, 2, { count: 10, minimumStep: 1 })).toEqual([0, 1, 2]);
  });

  it.each([
    [Number.NaN, 1],
    [0, Infinity],
    [2, 1],
  ])('from %d to %d are none', (low, high) => {
    expect(ticks(low, high, { count: 5 })).toEqual([]);
  });

  it('lie within the interval, ascend by one step and are about as many as asked for', () => {
    const value = fc.double({ min: -1e9, max: 1e9, noNaN: true });
    fc.assert(
      fc.property(
        value,
        fc.double({ min: 1e-3, max: 1e9, noNaN: true }),
        fc.integer({ min: 2, max: 12 }),
        (low, span, count) => {
          fc.pre(span > Math.abs(low) * 1e-6);
          const step = tickStep(span, { count });
          const found = ticks(low, low + span, { count });
          expect(found.length).toBeLessThanOrEqual(count + 1);
          expect(found.length).toBeGreaterThanOrEqual(Math.floor(count / 2.5) - 1);
          for (const [i, tick] of found.entries()) {
            expect(tick).toBeGreaterThanOrEqual(low - step * 1e-6);
            expect(tick).toBeLessThanOrEqual(low + span + step * 1e-6);
            expect(Math.abs(tick - (found[0] ?? 0) - i * step)).toBeLessThan(step * 1e-3);
          }
        },
      ),
      { seed: 7 },
    );
  });
});

describe('a domain', () => {
  it('is widened to round numbers and holds all values', () => {
    expect(niceDomain([0.62, 0.943], { count: 6, within: [0, 1] })).toEqual([0.6, 1]);
    expect(niceDomain([-12, 67], { count: 5 })).toEqual([-20, 80]);
  });

  it('does not pass its bounds', () => {
    expect(niceDomain([0.97, 0.999], { count: 2, within: [0, 1] })[1]).toBe(1);
  });

  it.each([
    [[], [0, 1]],
    [
      [0, 0],
      [0, 1],
    ],
    [
      [Number.NaN, Infinity],
      [0, 1],
    ],
  ])('of %j has a width', (values, expected) => {
    expect(niceDomain(values, { count: 4 })).toEqual(expected);
  });

  it('of one value lies around it', () => {
    const [low, high] = niceDomain([-5], { count: 4 });
    expect(low).toBeLessThan(-5);
    expect(high).toBeGreaterThan(-5);
  });

  it('takes zero in on request', () => {
    expect(niceDomain([40, 60], { count: 4, includeZero: true })).toEqual([0, 60]);
    expect(niceDomain([40, 60], { count: 4 })).toEqual([40, 60]);
  });
});

describe('a scale', () => {
  it('takes the ends to the ends, also downwards', () => {
    const scale = linearScale([0, 10], [200, 100]);
    expect([scale(0), scale(10), scale(5)]).toEqual([200, 100, 150]);
  });

  it('without width goes to the middle', () => {
    expect(linearScale([3, 3], [0, 10])(3)).toBe(5);
  });
});
