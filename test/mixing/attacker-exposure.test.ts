import { describe, expect, test } from 'vitest';
import { createSeededRandom } from '../../src/base/seeded-random.ts';
import { assertSafeAggregation, type SafetyTerms } from '../../src/mixing/assert-safe-aggregation.ts';
import { exposureOfPull, exposureOfPulls } from '../../src/mixing/attacker-exposure.ts';
import type { Manifest } from '../../src/protocol/manifest.ts';

const [members, attackers, pulls, attackersPerMix] = [10, 3, 6, 2];

describe('the probability that a pull brings more attackers than the rule withstands', () => {
  test.each([
    { members, attackers, pulls, attackersPerMix, single: 0.238, hundredRounds: 1 },
    { members: 20, attackers: 4, pulls: 8, attackersPerMix: 3, single: 0.018, hundredRounds: 1 },
    { members: 30, attackers: 6, pulls: 10, attackersPerMix: 5, single: 4.4e-4, hundredRounds: 0.65 },
    { members: 100, attackers: 20, pulls: 20, attackersPerMix: 9, single: 7.1e-4, hundredRounds: 0.997 },
    { members, attackers: 2, pulls: 6, attackersPerMix: 2, single: 0, hundredRounds: 0 },
  ])(
    '$members members, $attackers attackers, $pulls pulls, b̂ $attackersPerMix',
    ({ single, hundredRounds, ...exposure }) => {
      const probability = exposureOfPull(exposure);
      expect(Math.abs(probability - single)).toBeLessThanOrEqual(0.03 * single);
      const over = exposureOfPulls(exposure, 100 * (exposure.members - exposure.attackers));
      expect(Math.abs(over - hundredRounds)).toBeLessThan(0.01);
    },
  );

  test('agrees with a million seeded draws', () => {
    const random = createSeededRandom('exposure', 'draws');
    const draws = 1_000_000;
    let exceeded = 0;
    for (let i = 0; i < draws; i++) if (drawAttackers(() => random.next()) > attackersPerMix) exceeded++;
    const exact = exposureOfPull({ members, attackers, pulls, attackersPerMix });
    const standardError = Math.sqrt((exact * (1 - exact)) / draws);
    expect(Math.abs(exceeded / draws - exact)).toBeLessThan(4 * standardError);
    // A binomial tail, which forgets that nobody is drawn twice, would be this far off.
    const share = attackers / (members - 1);
    const binomial = [3, 4, 5, 6].reduce(
      (sum, k) => sum + ([0, 0, 0, 20, 15, 6, 1][k] ?? 0) * share ** k * (1 - share) ** (pulls - k),
      0,
    );
    expect(Math.abs(binomial - exact)).toBeGreaterThan(100 * standardError);
  });
});

/** Draws `pulls` of the others without putting back. */
function drawAttackers(chance: () => number): number {
  let [left, bad, hits] = [members - 1, attackers, 0];
  for (let i = 0; i < pulls; i++, left--) {
    if (chance() * left >= bad) continue;
    bad--;
    hits++;
  }
  return hits;
}

const terms = (aggregation: Partial<Manifest['aggregation']>, more: Partial<SafetyTerms> = {}): SafetyTerms => ({
  aggregation: {
    rule: 'trimmed-mean',
    weightShareCap: 0.5,
    attackers: 3,
    attackersPerMix: 2,
    acceptsRisk: false,
    ...aggregation,
  } as Manifest['aggregation'],
  rounds: 100,
  segments: 8,
  pulls: 6,
  finalPulls: 9,
  minimumMembers: 10,
  maximumMembers: 10,
  ...more,
});

const UNSAFE = expect.objectContaining({ code: 'mixing/unsafe-aggregation' });

describe('a study', () => {
  const outcome = (study: SafetyTerms): unknown => {
    try {
      return assertSafeAggregation(study);
    } catch (error) {
      return error;
    }
  };

  test('whose pulls may bring more attackers than its rule withstands is refused, unless its members accept that', () => {
    expect(outcome(terms({}))).toEqual(UNSAFE);
    expect(outcome(terms({ acceptsRisk: true }))).toBeUndefined();
    expect(outcome(terms({ attackersPerMix: 3 }))).toBeUndefined();
    expect(outcome(terms({ attackers: 2 }))).toBeUndefined();
  });

  test('is judged for the last round too, and for every number of members', () => {
    expect(outcome(terms({ attackers: 3 }, { pulls: 2, finalPulls: 2, rounds: 2 }))).toEqual(UNSAFE);
    const wide = { pulls: 9, finalPulls: 9 };
    expect(outcome(terms({ attackers: 3, attackersPerMix: 3 }, { ...wide, minimumMembers: 7 }))).toBeUndefined();
    expect(outcome(terms({ attackers: 3, attackersPerMix: 3 }, { ...wide, minimumMembers: 6 }))).toEqual(UNSAFE);
  });

  test('in which attackers are no minority of a mix is refused whatever its members accept', () => {
    expect(outcome(terms({ attackersPerMix: 4, acceptsRisk: true }))).toEqual(UNSAFE);
    expect(outcome(terms({ attackers: 10, attackersPerMix: 3, acceptsRisk: true }))).toEqual(UNSAFE);
  });

  test('with the clipped mean promises nothing, and is not judged', () => {
    const aggregation = { rule: 'clipped-mean', clipFactor: 3, weightShareCap: 0.5 } as const;
    expect(outcome({ ...terms({}), aggregation })).toBeUndefined();
  });
});
