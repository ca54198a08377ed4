import { existsSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createSeededRandom } from '../../src/base/seeded-random.ts';
import { exactBanzhaf, sampledBanzhaf } from '../../src/valuation/banzhaf.ts';
import { gtgShapley } from '../../src/valuation/gtg-shapley.ts';
import { leaveOneOut } from '../../src/valuation/leave-one-out.ts';
import { permutationShapley } from '../../src/valuation/permutation-shapley.ts';
import type { Estimates } from '../../src/valuation/sample-mean.ts';
import { exactShapley } from '../../src/valuation/shapley.ts';
import { rememberUtility, type Utility } from '../../src/valuation/utility.ts';
import { ELECTORS, GAMES, LARGE_AIRPORT } from './games.ts';

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

const near = (values: readonly number[], digits = 12): unknown =>
  values.map((value): unknown => expect.closeTo(value, digits));

/** Each estimate within this many of its own stated standard errors. */
function expectWithinStatedError({ values, standardErrors }: Estimates, expected: readonly number[]): void {
  for (const [i, value] of expected.entries()) {
    expect(Math.abs((values[i] ?? 0) - value)).toBeLessThanOrEqual(4 * (standardErrors[i] ?? 0) + 1e-12);
  }
}

const ALL_DRAWN = { standardError: 0, truncation: 0, roundTruncation: 0 };

describe.each(GAMES)('$name', ({ utility, shapley, banzhaf, leaveOneOut: left }) => {
  const players = shapley.length;
  const whole = utility(shapley.map((_, i) => i)) - utility([]);

  test('has its exact values by every method', async () => {
    expect(await exactShapley(players, utility)).toEqual(near(shapley));
    expect(await exactBanzhaf(players, utility)).toEqual(near(banzhaf));
    expect(await leaveOneOut(players, utility)).toEqual(near(left));
  });

  test('is estimated within the stated error, and Shapley estimates sum to the whole', async () => {
    const permutations = await permutationShapley(
      players,
      utility,
      { ...ALL_DRAWN, draws: 2000 },
      createSeededRandom(1),
    );
    expectWithinStatedError(permutations, shapley);
    expect(sum(permutations.values)).toBeCloseTo(whole, 9);
    const guided = await gtgShapley(players, utility, { ...ALL_DRAWN, draws: 500 }, createSeededRandom(2));
    expectWithinStatedError(guided, shapley);
    expect(sum(guided.values)).toBeCloseTo(whole, 9);
    expectWithinStatedError(await sampledBanzhaf(players, utility, 2000, createSeededRandom(3)), banzhaf);
  });
});

describe('a runway for a hundred', () => {
  const { utility, shapley } = LARGE_AIRPORT;

  test('has the values of the literature', () => {
    const ofClasses = [0.01, 0.020869565, 0.033369565, 0.046883079, 0.063549745, 0.082780515];
    expect([...new Set(shapley)].slice(0, 6)).toEqual(near(ofClasses, 8));
    expect([...new Set(shapley)].slice(6)).toEqual(near([0.106036329, 0.139369662, 0.189369662, 0.289369662], 8));
  });

  test('is estimated within the largest stated error by both permutation methods', async () => {
    const terms = { ...ALL_DRAWN, draws: 300 };
    // A player that pays in one order of a hundred may have paid in none: only the largest error says how sure the values are.
    const expectWithinLargestError = ({ values, standardErrors }: Estimates): void => {
      const worst = Math.max(...shapley.map((value, i) => Math.abs((values[i] ?? 0) - value)));
      expect(worst).toBeLessThanOrEqual(4 * Math.max(...standardErrors));
      expect(Math.max(...standardErrors)).toBeLessThan(0.1);
    };
    expectWithinLargestError(await permutationShapley(100, utility, terms, createSeededRandom(1)));
    expectWithinLargestError(await gtgShapley(100, utility, { ...ALL_DRAWN, draws: 4 }, createSeededRandom(1)));
  });
});

test('an election by fifty-one states is estimated within the stated error', async () => {
  const { electors, utility, largest } = ELECTORS;
  expect([electors.length, sum(electors)]).toEqual([51, 538]);
  const terms = { ...ALL_DRAWN, draws: 1500 };
  const estimates = await permutationShapley(51, utility, terms, createSeededRandom(51));
  expectWithinStatedError(estimates, largest);
  expect(Math.max(...estimates.standardErrors)).toBeLessThan(0.01);
});

const VECTORS = '../shared/vectors/valuation.json';

test.skipIf(!existsSync(VECTORS))('the shared vectors hold the same figures (skipped where they are missing)', () => {
  const vectors = JSON.parse(readFileSync(VECTORS, 'utf8'));
  for (const { key, shapley, banzhaf, leaveOneOut: left } of GAMES) {
    expect([key, vectors[key].shapley]).toEqual([key, near(shapley, 11)]);
    expect([key, vectors[key].banzhaf]).toEqual([key, near(banzhaf, 11)]);
    expect([key, vectors[key].loo]).toEqual([key, near(left, 11)]);
  }
});

test('stated errors are true: over many estimates, values are off by about them', async () => {
  const game = GAMES[2];
  if (game === undefined) throw new Error('no game');
  const { utility, shapley, banzhaf } = game;
  const ratios = async (estimate: (seed: number) => Promise<Estimates>, truth: readonly number[]): Promise<number> => {
    const squares: number[] = [];
    for (let seed = 0; seed < 200; seed++) {
      const { values, standardErrors } = await estimate(seed);
      for (const [i, value] of values.entries())
        squares.push(((value - (truth[i] ?? 0)) / (standardErrors[i] ?? 0)) ** 2);
    }
    return Math.sqrt(sum(squares) / squares.length);
  };
  const draws = 60;
  const permutations = await ratios(
    (seed) => permutationShapley(4, utility, { ...ALL_DRAWN, draws }, createSeededRandom(seed)),
    shapley,
  );
  const guided = await ratios(
    (seed) => gtgShapley(4, utility, { ...ALL_DRAWN, draws }, createSeededRandom(seed)),
    shapley,
  );
  const reused = await ratios((seed) => sampledBanzhaf(4, utility, draws, createSeededRandom(seed)), banzhaf);
  for (const ratio of [permutations, guided, reused]) {
    expect(ratio).toBeGreaterThan(0.8);
    expect(ratio).toBeLessThan(1.25);
  }
});

describe('axioms, on random games of five', () => {
  const worths = fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 32, maxLength: 32 });
  const maskOf = (coalition: readonly number[]): number => coalition.reduce((mask, player) => mask | (1 << player), 0);
  const gameOf =
    (table: readonly number[], ignored = 0) =>
    (coalition: readonly number[]): number =>
      table[maskOf(coalition) & ~ignored] ?? 0;
  const permutations = (utility: Utility) =>
    permutationShapley(5, utility, { ...ALL_DRAWN, draws: 20 }, createSeededRandom('axioms')).then(
      ({ values }) => values,
    );
  const guided = (utility: Utility) =>
    gtgShapley(5, utility, { ...ALL_DRAWN, draws: 4 }, createSeededRandom('axioms')).then(({ values }) => values);
  const pairs = (utility: Utility) =>
    sampledBanzhaf(5, utility, 20, createSeededRandom('axioms')).then(({ values }) => values);
  const shapley = (utility: Utility) => exactShapley(5, utility);
  const banzhaf = (utility: Utility) => exactBanzhaf(5, utility);
  const left = (utility: Utility) => leaveOneOut(5, utility);
  const runs = { seed: 6, numRuns: 30 };

  test.each([
    ['exact Shapley', shapley],
    ['permutation', permutations],
    ['guided', guided],
  ])('efficiency: %s values sum to the worth of all', (_, method) =>
    fc.assert(
      fc.asyncProperty(worths, async (table) => {
        const utility = gameOf(table);
        expect(sum(await method(utility))).toBeCloseTo(utility([0, 1, 2, 3, 4]) - utility([]), 9);
      }),
      runs,
    ),
  );

  test('the control: Banzhaf and leave-one-out values need not', async () => {
    const [glove] = GAMES;
    if (glove === undefined) throw new Error('no game');
    expect(sum(await exactBanzhaf(3, glove.utility))).toBe(1.25);
    const majority = GAMES[1];
    expect(sum(await leaveOneOut(4, majority?.utility ?? glove.utility))).toBe(0);
  });

  test.each([
    ['exact Shapley', shapley],
    ['permutation', permutations],
    ['guided', guided],
    ['exact Banzhaf', banzhaf],
    ['leave-one-out', left],
  ])('null player: who adds nothing has nothing by %s', (_, method) =>
    fc.assert(
      fc.asyncProperty(worths, async (table) => {
        expect((await method(gameOf(table, 0b10000)))[4]).toBeCloseTo(0, 12);
      }),
      runs,
    ),
  );

  test.each([
    ['exact Shapley', shapley],
    ['exact Banzhaf', banzhaf],
    ['leave-one-out', left],
  ])('symmetry: who can stand in for each other have the same by %s', (_, method) =>
    fc.assert(
      fc.asyncProperty(worths, async (table) => {
        // Players 3 and 4 count by how many of them there are.
        const utility = (coalition: readonly number[]): number => {
          const twins = coalition.filter((player) => player >= 3).length;
          return table[(maskOf(coalition) & 0b111) | (twins << 3)] ?? 0;
        };
        const values = await method(utility);
        expect(values[3]).toBeCloseTo(values[4] ?? Number.NaN, 12);
      }),
      runs,
    ),
  );

  test.each([
    ['exact Shapley', shapley],
    ['permutation', permutations],
    ['guided', guided],
    ['exact Banzhaf', banzhaf],
    ['sampled Banzhaf', pairs],
    ['leave-one-out', left],
  ])('additivity: values of a sum of games are sums of values by %s', (_, method) =>
    fc.assert(
      fc.asyncProperty(worths, worths, async (first, second) => {
        const both = first.map((worth, mask) => 2 * worth - (second[mask] ?? 0));
        const [a, b] = [await method(gameOf(first)), await method(gameOf(second))];
        const expected = a.map((value, i) => 2 * value - (b[i] ?? 0));
        expect(await method(gameOf(both))).toEqual(near(expected, 9));
      }),
      runs,
    ),
  );
});

describe('truncation', () => {
  /** Ten players of which the first does nearly everything. */
  const utility = (coalition: readonly number[]): number =>
    coalition.reduce((worth, player) => worth + (player === 0 ? 0.9 : 0.001), 0);
  const exact = Array.from({ length: 10 }, (_, player) => (player === 0 ? 0.9 : 0.001));

  test('saves evaluations, keeps the sum, and costs no value more than its threshold', async () => {
    const terms = { draws: 30, standardError: 0 };
    const measure = async (truncation: number) => {
      const remembered = rememberUtility(utility);
      const { values } = await permutationShapley(
        10,
        remembered.utility,
        { ...terms, truncation },
        createSeededRandom(4),
      );
      return { values, evaluations: remembered.evaluations() };
    };
    const [full, truncated] = [await measure(0), await measure(0.02)];
    expect(truncated.evaluations).toBeLessThan(0.85 * full.evaluations);
    expect(sum(truncated.values)).toBeCloseTo(sum(exact), 9);
    for (const [i, value] of exact.entries()) expect(Math.abs((truncated.values[i] ?? 0) - value)).toBeLessThan(0.02);
    expect(full.values).toEqual(near(exact, 9));
  });

  test('between rounds leaves a round that changes next to nothing unevaluated', async () => {
    const measure = async (roundTruncation: number) => {
      const remembered = rememberUtility((coalition) => utility(coalition) / 1000);
      const terms = { draws: 4, standardError: 0, truncation: 0, roundTruncation };
      const estimates = await gtgShapley(10, remembered.utility, terms, createSeededRandom(4));
      return { ...estimates, evaluations: remembered.evaluations() };
    };
    const skipped = await measure(0.001);
    expect(skipped.evaluations).toBe(1);
    expect(skipped.values).toEqual(near(Array.from({ length: 10 }, () => sum(exact) / 10_000)));
    expect((await measure(0.0009)).evaluations).toBeGreaterThan(30);
  });
});

test('drawing ends once the error is small enough, and not before', async () => {
  const game = GAMES[2];
  if (game === undefined) throw new Error('no game');
  const errorWith = async (standardError: number) => {
    let evaluated = 0;
    const utility = (coalition: readonly number[]): number => {
      evaluated++;
      return game.utility(coalition);
    };
    const terms = { draws: 5000, truncation: 0, standardError };
    const { standardErrors } = await permutationShapley(4, utility, terms, createSeededRandom(9));
    return { evaluated, error: Math.max(...standardErrors) };
  };
  const [rough, fine] = [await errorWith(0.02), await errorWith(0.005)];
  expect(rough.error).toBeLessThanOrEqual(0.02);
  expect(fine.error).toBeLessThanOrEqual(0.005);
  expect(fine.evaluated).toBeGreaterThan(8 * rough.evaluated);
  expect(fine.evaluated).toBeLessThan(5000 * 5);
});
