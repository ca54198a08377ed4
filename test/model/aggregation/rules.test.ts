import { existsSync, readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type AggregationRule, aggregate } from '../../../src/model/aggregation/aggregate.ts';
import { balanceGate } from '../../../src/model/aggregation/balance-gate.ts';
import { krumScores } from '../../../src/model/aggregation/krum.ts';
import type { Mixture } from '../../../src/model/aggregation/mixture.ts';

/** Seven points, the first the member's own, and the sixth an attacker's. */
const POINTS = [
  [1, 2],
  [1.2, 1.8],
  [0.9, 2.1],
  [1.1, 2.2],
  [0.8, 1.9],
  [9, -9],
  [1.05, 2.05],
];

function mixtureOf(points: readonly (readonly number[])[], own: number | null = 0): Mixture {
  return {
    base: new Float32Array(points[0]?.length ?? 0),
    sources: points.map((point) => Float32Array.from(point)),
    weights: points.map(() => 1 / points.length),
    own,
    suspicions: points.map((_, i) => (i === 5 ? 2 : 0)),
    elapsed: 0.5,
  };
}

const mixed = (rule: AggregationRule, mixture = mixtureOf(POINTS)): number[] => [...aggregate(rule, mixture).mixed];

const CSP: AggregationRule = { rule: 'clipped-summation', attackersPerMix: 1, gate: null };

/** Every rule, as strict as seven sources allow. */
const RULES: readonly AggregationRule[] = [
  { rule: 'clipped-mean', clipFactor: 3 },
  { rule: 'median' },
  { rule: 'trimmed-mean', attackersPerMix: 2 },
  { rule: 'krum', attackersPerMix: 2, selected: 3 },
  { rule: 'geometric-median', steps: 20 },
  { rule: 'self-centred-clipping', radius: 0.5 },
  { rule: 'nearest-neighbours', attackersPerMix: 2 },
  CSP,
  { rule: 'clipped-summation', attackersPerMix: 2, gate: { share: 0.3, narrowing: 1 } },
  { rule: 'nearest-neighbour-mixing', attackersPerMix: 2 },
  { rule: 'screened-mean', attackersPerMix: 2, clipFactor: 1, trustedClipFactor: 8 },
];

describe('on seven points of which one is an attacker, worked out by hand and by published code', () => {
  test.each<[string, AggregationRule, number[]]>([
    ['Krum takes the own point', { rule: 'krum', attackersPerMix: 1, selected: 1 }, [1, 2]],
    ['multi-Krum takes three', { rule: 'krum', attackersPerMix: 1, selected: 3 }, [0.983333, 2.05]],
    ['the median', { rule: 'median' }, [1.05, 2]],
    ['the trimmed mean, one at each end', { rule: 'trimmed-mean', attackersPerMix: 1 }, [1.05, 1.97]],
    ['the trimmed mean, two at each end', { rule: 'trimmed-mean', attackersPerMix: 2 }, [1.05, 1.983333]],
    ['the geometric median', { rule: 'geometric-median', steps: 100 }, [1, 2]],
    ['self-centred clipping', { rule: 'self-centred-clipping', radius: 0.5 }, [1.049155, 1.949376]],
    ['nearest neighbours', { rule: 'nearest-neighbours', attackersPerMix: 1 }, [1.008333, 2.008333]],
    ['CS+', CSP, [1.019948, 1.987292]],
  ])('%s', (_, rule, expected) => {
    const result = mixed(rule);
    for (const [k, value] of expected.entries()) expect(result[k]).toBeCloseTo(value, 3);
    if (rule.rule !== 'geometric-median')
      for (const [k, value] of expected.entries()) expect(result[k]).toBeCloseTo(value, 6);
  });

  test("Krum's scores", () => {
    const scores = krumScores(mixtureOf(POINTS).sources, 1);
    for (const [i, score] of [0.125, 0.505, 0.145, 0.295, 0.355, 733.835, 0.14].entries())
      expect(scores[i]).toBeCloseTo(score, 3);
  });

  test('BALANCE lets in who is near the own point', () => {
    const accepted = balanceGate(mixtureOf(POINTS), { share: 0.3, narrowing: 1 });
    expect(accepted).toEqual([true, true, true, true, true, false, true]);
    // The published mean: half the own point, half the others that were let in.
    const others = POINTS.filter((_, i) => accepted[i] && i > 0);
    const mean = [0, 1].map((k) => others.reduce((sum, point) => sum + (point[k] ?? 0), 0) / others.length);
    expect(mean.map((value, k) => (value + (POINTS[0]?.[k] ?? 0)) / 2)).toEqual([
      expect.closeTo(1.005, 9),
      expect.closeTo(2.005, 9),
    ]);
    const narrow = mixtureOf([POINTS[0] ?? [], ...POINTS.slice(5)]);
    expect(balanceGate(narrow, { share: 0.01, narrowing: 1 })).toEqual([true, false, true]);
  });

  test('eight points, by the reference code of CS+ and of nearest neighbours', () => {
    const eight = mixtureOf([...POINTS, [1.3, 2.3]]);
    expect(mixed(CSP, eight)).toEqual([expect.closeTo(1.05204501, 6), expect.closeTo(2.00265686, 6)]);
    // The reference leaves out the weight of two, and leaves it with the own point; ours divides it among the others.
    const [x = 0, y = 0] = mixed({ rule: 'nearest-neighbours', attackersPerMix: 2 }, eight);
    expect([(x * 6 + 2) / 8, (y * 6 + 4) / 8]).toEqual([expect.closeTo(1.00625, 6), expect.closeTo(2.00625, 6)]);
  });

  test('nearest-neighbour mixing keeps the attacker out', () => {
    const [x = 0, y = 0] = mixed({ rule: 'nearest-neighbour-mixing', attackersPerMix: 1 });
    expect(Math.hypot(x - 1, y - 2)).toBeLessThan(0.1);
    const [badX = 0, badY = 0] = mixed({ rule: 'nearest-neighbour-mixing', attackersPerMix: 0 });
    expect(Math.hypot(badX - 1, badY - 2)).toBeGreaterThan(1);
  });
});

const VECTORS = '../shared/vectors/robust_aggregation.json';

test.skipIf(!existsSync(VECTORS))('the shared vectors hold the same figures (skipped where they are missing)', () => {
  const vectors = JSON.parse(readFileSync(VECTORS, 'utf8'));
  expect(vectors.input).toEqual(POINTS);
  const near = (expected: number[]) => expected.map((value) => expect.closeTo(value, 5));
  expect(mixed({ rule: 'krum', attackersPerMix: 1, selected: 3 })).toEqual(near(vectors.multikrum_f1_m3));
  expect(mixed({ rule: 'median' })).toEqual(near(vectors.coord_median));
  expect(mixed({ rule: 'trimmed-mean', attackersPerMix: 1 })).toEqual(near(vectors.trimmed_mean_b1));
  expect(mixed({ rule: 'trimmed-mean', attackersPerMix: 2 })).toEqual(near(vectors.trimmed_mean_b2));
  expect(mixed({ rule: 'self-centred-clipping', radius: 0.5 })).toEqual(near(vectors['ssclip_tau0.5_uniform']));
  expect(mixed({ rule: 'nearest-neighbours', attackersPerMix: 1 })).toEqual(near(vectors.nna_f1));
  expect(mixed(CSP)).toEqual(near(vectors.cs_plus_b1_uniform.value));
});

describe('every rule', () => {
  const points = fc.array(fc.array(fc.float({ min: -100, max: 100, noNaN: true }), { minLength: 5, maxLength: 5 }), {
    minLength: 1,
    maxLength: 9,
  });

  test('keeps within the range of the sources, its shares sum to 1, and it repeats itself bit for bit', () => {
    fc.assert(
      fc.property(points, (sources) => {
        for (const rule of RULES) {
          const mixture = { ...mixtureOf(sources), base: Float32Array.from(sources[0] ?? []) };
          const result = aggregate(rule, mixture);
          expect(aggregate(rule, mixture)).toEqual(result);
          expect(result.weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 9);
          for (const scale of result.scales) expect(scale >= 0 && scale <= 1).toBe(true);
          for (const [k, value] of result.mixed.entries()) {
            const column = sources.map((source) => source[k] ?? 0);
            expect(value).toBeGreaterThanOrEqual(Math.min(...column) - 1e-3);
            expect(value).toBeLessThanOrEqual(Math.max(...column) + 1e-3);
          }
        }
      }),
      { numRuns: 100 },
    );
  });

  test('stays finite and in range with the largest, the smallest and negative zero', () => {
    const odd = [3.4e38, -3.4e38, 1e-45, -0, 1e38];
    for (const rule of RULES) {
      const result = aggregate(rule, mixtureOf([[1, 1, 1, 1, 1], odd, odd.toReversed(), [2, 2, 2, 2, 2], odd]));
      expect([...result.mixed].every(Number.isFinite)).toBe(true);
    }
  });

  test('works for coalitions of one, of two, and without the own contribution', () => {
    for (const rule of RULES) {
      for (const count of [1, 2, 3]) {
        const { mixed: result } = aggregate(rule, mixtureOf(POINTS.slice(0, count), null));
        expect([...result].every(Number.isFinite)).toBe(true);
      }
    }
  });

  test('but the clipped mean holds an attacker that sends garbage off; the clipped mean lets it in', () => {
    const garbage = mixtureOf([...POINTS.slice(0, 5), [1e6, -1e6], POINTS[6] ?? []]);
    const away = (rule: AggregationRule): number => {
      const [x = 0, y = 0] = mixed(rule, garbage);
      return Math.hypot(x - 1, y - 2);
    };
    for (const rule of RULES.slice(1)) expect(away(rule)).toBeLessThan(0.3);
    expect(away({ rule: 'clipped-mean', clipFactor: 1000 })).toBeGreaterThan(100);
  });
});
