import { describe, expect, test } from 'vitest';
import type { Mixture } from '../../../src/model/aggregation/mixture.ts';
import { screenedMean } from '../../../src/model/aggregation/screened-mean.ts';
import { surveySegment, suspicionsOf } from '../../../src/model/aggregation/screening.ts';

const BOUNDS = { farFactor: 1.3, opposition: 0.1 };
const OPTIONS = { attackers: 1, clipFactor: 1.5, trustedClipFactor: 8 };

/** The own vector first; unequal weights, as unequal hospitals have them. */
const POINTS = [
  [1, 1],
  [1.5, 1],
  [1, 1.5],
  [0.5, 1],
  [1, 0.5],
];

function mixtureOf(points: readonly number[][], suspicions = points.map(() => 0)): Mixture {
  const total = points.reduce((sum, _, i) => sum + i + 1, 0);
  return {
    base: new Float32Array(2),
    sources: points.map((point) => Float32Array.from(point)),
    weights: points.map((_, i) => (i + 1) / total),
    own: 0,
    suspicions,
    elapsed: 0,
  };
}

const suspectsOf = (points: readonly number[][], attackers = 1): number[] => {
  const survey = surveySegment(mixtureOf(points), attackers);
  const sources = points.map((_, i) => i);
  return suspicionsOf([{ sources, survey }], points.length, BOUNDS);
};

describe('screening', () => {
  test('suspects nobody among members that agree', () => {
    expect(suspectsOf(POINTS)).toEqual([0, 0, 0, 0, 0]);
  });

  test('suspects who is far, the more the farther', () => {
    const [, , , , , near = 0, far = 0] = suspectsOf([...POINTS, [3, 3], [30, 30]], 2);
    expect(near).toBeGreaterThan(1.3);
    expect(far).toBeGreaterThan(near);
  });

  test('goes by the farthest but as many as may attack: these can make nobody else look near', () => {
    const honest = [...POINTS, [1.7, 1]];
    expect(suspectsOf(honest)[5]).toBeGreaterThan(1.3);
    expect(suspectsOf([...honest, [90, 90]], 2)[5]).toBeGreaterThan(1.3);
    expect(suspectsOf([...honest, [90, 90]], 1)[5]).toBe(0);
    expect(suspectsOf([...honest, [90, 90]], 0)).toEqual([0, 0, 0, 0, 0, 0, 0]);
  });

  test('suspects who turns against the own change, be it ever so near', () => {
    const own = [0.1, 0.1];
    const wide = [own, [0.6, 0], [0, 0.6], [0.4, 0.4], [-0.1, -0.1]];
    expect(suspectsOf(wide).map((suspicion) => suspicion > 0)).toEqual([false, false, false, false, true]);
  });

  test('adds up segments, so that what one of them cannot show all together do', () => {
    const survey = surveySegment(mixtureOf([...POINTS, [1.64, 1]]), 1);
    const outlier = surveySegment(mixtureOf([...POINTS, [4, 1]]), 1);
    const sources = [0, 1, 2, 3, 4, 5];
    const judge = (surveys: (typeof survey)[]) =>
      suspicionsOf(
        surveys.map((each) => ({ sources, survey: each })),
        6,
        BOUNDS,
      )[5] ?? 0;
    expect(judge([survey, survey])).toBe(0);
    expect(judge([survey, outlier])).toBeGreaterThan(0);
  });
});

describe('the screened mean', () => {
  test('is the weighted mean where nothing speaks against anybody', () => {
    const { mixed, weights, scales } = screenedMean(mixtureOf(POINTS), OPTIONS);
    expect(weights.map((weight) => weight.toFixed(4))).toEqual(['0.0667', '0.1333', '0.2000', '0.2667', '0.3333']);
    expect(scales).toEqual([1, 1, 1, 1, 1]);
    expect([...mixed]).toEqual([expect.closeTo(0.9333, 4), expect.closeTo(0.9333, 4)]);
  });

  test('leaves the most suspect out, as many as it allows for, never the own one, and keeps the proportions of the rest', () => {
    const { weights } = screenedMean(mixtureOf(POINTS, [9, 0, 2, 0, 3]), OPTIONS);
    expect(weights[4]).toBe(0);
    expect(weights[2]).toBeGreaterThan(0);
    expect(weights[0]).toBeGreaterThan(0);
    expect((weights[3] ?? 0) / (weights[1] ?? 1)).toBeCloseTo(2, 12);
  });

  test('is the weighted mean, however far the others are, where nobody is to be withstood', () => {
    const far = [...POINTS, [300, 1]];
    const { weights, scales } = screenedMean(mixtureOf(far), { ...OPTIONS, attackers: 0, clipFactor: 1 });
    expect(scales).toEqual(far.map(() => 1));
    expect(weights[5]).toBeCloseTo(6 / 21, 12);
  });

  test('clips whom it keeps towards the own vector', () => {
    const { scales } = screenedMean(mixtureOf([...POINTS, [31, 1]]), OPTIONS);
    expect(scales[5]).toBeCloseTo((1.5 * 0.5) / 30, 12);
  });

  test('keeps whom everybody approves of, farther out than others, and leaves out somebody else', () => {
    const suspicions = [0, 3, 0, 0, 0, Number.NEGATIVE_INFINITY];
    const { weights, scales } = screenedMean(mixtureOf([...POINTS, [31, 1]], suspicions), OPTIONS);
    expect(weights[5]).toBeGreaterThan(0);
    expect(weights[1]).toBe(0);
    expect(scales[5]).toBeCloseTo((8 * 0.5) / 30, 12);
  });
});
