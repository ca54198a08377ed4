import { describe, expect, test } from 'vitest';
import { logOf } from '../../scripts/bench/gaming/score-reports.ts';
import { createSeededRandom, type SeededRandom } from '../../src/base/seeded-random.ts';
import { evaluatorAgreements } from '../../src/valuation/agreement.ts';
import { scoreEchoes } from '../../src/valuation/score-echoes.ts';

const MEMBERS = 7;
const ROUNDS = 12;
const LIAR = MEMBERS - 1;
const positions = Array.from({ length: MEMBERS }, (_, p) => p);

interface View {
  readonly measured: readonly number[];
  readonly round: number;
  /** What everybody measured in each round. */
  readonly all: readonly (readonly (readonly number[])[])[];
  readonly random: SeededRandom;
}

/** Everybody measures the same worths with some error of its own; the last member reports what `lie` makes of its measurements. */
function reportsOf(lie: (view: View) => readonly number[], error = 200) {
  const random = createSeededRandom('agreement', 'test');
  const all = Array.from({ length: ROUNDS }, () => {
    const worths = positions.map(() => 1000 * random.next());
    return positions.map(() => worths.map((worth) => Math.round(worth + error * random.next())));
  });
  return all.map((ofRound, round) =>
    ofRound.map((measured, evaluator) => (evaluator === LIAR ? lie({ measured, round, all, random }) : measured)),
  );
}

const honest = ({ measured }: View) => measured;
const agreementsOf = (...asked: Parameters<typeof reportsOf>) => evaluatorAgreements(logOf(reportsOf(...asked)));

describe("an evaluator's agreement with the others", () => {
  test('is high for all who report what they measure', () => {
    for (const agreement of agreementsOf(honest)) expect(agreement).toBeGreaterThan(0.7);
  });

  test.each([
    ['the same of everybody', () => positions.map(() => 500)],
    ['always the same order', () => positions.map((p) => 100 * p)],
    ['anything', ({ random }: View) => positions.map(() => Math.round(1000 * random.next()))],
  ])('is about nothing for who reports %s', (_name, lie) => {
    expect(Math.abs(agreementsOf(lie)[LIAR] ?? 1)).toBeLessThan(0.2);
  });

  test('is below zero for who reports the opposite, and the others keep theirs', () => {
    const agreements = agreementsOf(({ measured }) => measured.map((value) => 1000 - value));
    expect(agreements[LIAR]).toBeLessThan(-0.7);
    for (const agreement of agreements.slice(0, LIAR)) expect(agreement).toBeGreaterThan(0.7);
  });

  test('is none where there is nobody to compare with', () => {
    expect(evaluatorAgreements(logOf(reportsOf(honest)).slice(0, MEMBERS + 1))).toEqual(positions.map(() => null));
  });
});

describe('an echo', () => {
  const echoesOf = (...asked: Parameters<typeof reportsOf>) => scoreEchoes(logOf(reportsOf(...asked)));
  const slightly = (scores: readonly number[], random: SeededRandom) =>
    scores.map((score) => Math.round(score * (1 + 0.02 * random.next())));

  test('is in none of the honest, whether their measurements are fine or coarse', () => {
    for (const error of [10, 200, 2000]) expect(echoesOf(honest, error)).toEqual([]);
  });

  test('shows who reports what another one revealed a round before, a little changed', () => {
    const copy = ({ all, round, random }: View) => slightly(all[Math.max(0, round - 1)]?.[2] ?? [], random);
    expect(echoesOf(copy, 1000)).toEqual([expect.objectContaining({ evaluator: LIAR, of: 2, lag: 1 })]);
  });

  test('shows two that share one evaluation', () => {
    const copy = ({ all, round, random }: View) => slightly(all[round]?.[2] ?? [], random);
    const pairs = echoesOf(copy, 1000).map(({ evaluator, of, lag }) => [evaluator, of, lag]);
    expect(pairs).toEqual([
      [2, LIAR, 0],
      [LIAR, 2, 0],
    ]);
  });

  test('is not told among five: three in common come out in one order for honest evaluators too', () => {
    const five = reportsOf(({ all, round }) => all[round]?.[2] ?? [], 1000).map((ofRound) =>
      ofRound.slice(2).map((scores) => scores.slice(2)),
    );
    expect(five[0]?.[0]).toEqual(five[0]?.[4]);
    expect(scoreEchoes(logOf(five))).toEqual([]);
  });
});
