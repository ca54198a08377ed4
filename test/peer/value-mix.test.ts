import { describe, expect, test } from 'vitest';
import { ModelError } from '../../src/model/model-error.ts';
import { composeValuation } from '../../src/peer/compose-valuation.ts';
import { type ValueMixInput, valueMix } from '../../src/peer/value-mix.ts';
import { unpackScores } from '../../src/protocol/valuation.ts';
import {
  sumsToUtility,
  VALUATION_METHODS,
  type ValuationMethod,
  type ValuationTerms,
} from '../../src/protocol/valuation-terms.ts';
import { digest, memberAccount, STUDY } from '../builders.ts';

const members = [1, 2, 3].map(memberAccount);
const entries = members.map((member, i) => ({ member, round: 0, update: digest(`update ${i}`) }));

/** Three members of one parameter; the base is 0, and the loss is what a test makes of the parameter. */
const valued = (
  updates: readonly number[],
  lossOf: (parameters: Float32Array) => number,
  trainings: ValueMixInput['trainings'] = null,
  valuation: ValuationTerms = credited('shapley', 'model'),
) =>
  valueMix({
    manifest: { valuation },
    study: STUDY,
    evaluator: members[0] ?? '0x',
    lossOf,
    positions: members.map((member) => [member]),
    // By differences, of losses as exact as the tests need.
    gradientAt: ([at = 0]) => Float32Array.of(lossOf(Float32Array.of(at + 0.5)) - lossOf(Float32Array.of(at - 0.5))),
    steps: STEPS,
    trainings,
    mix: {
      manifest: {
        aggregation: { rule: 'clipped-mean', clipFactor: 1_000, weightShareCap: 1 },
        staleness: { boundRounds: 1, discount: 0.5 },
      },
      round: 0,
      own: 0,
      plan: { entries, sources: [[0, 1, 2]] },
      samples: [1, 1, 1],
      baseOf: async () => Float32Array.of(0),
      segmentOf: async (entry: number) => Float32Array.of(updates[entry] ?? 0),
    } as never,
  });

const credited = (method: ValuationMethod, credit: ValuationTerms['credit'] = 'training'): ValuationTerms => ({
  ...composeValuation(method),
  credit,
});

const STEPS = [{ sources: [0, 1, 2], weights: [1 / 3, 1 / 3, 1 / 3], scales: [1, 1, 1] }];

const sumOf = (scores: readonly (number | null)[]): number =>
  scores.reduce<number>((sum, score) => sum + (score ?? 0), 0);

test('a contribution that ruins the model is worth very little, and ends nobody’s peer', async () => {
  const { valuation, utilityMicros } = await valued([0.1, 0.1, 1e9], ([parameter = 0]) => 1 + Math.abs(parameter));
  const scores = unpackScores(valuation.scores);
  expect(scores[2]).toBeLessThan(-1e8);
  expect(sumOf(scores)).toBe(utilityMicros);
});

test('so is one with which the loss is not finite', async () => {
  const { valuation, utilityMicros } = await valued([0.1, 0.1, 1e9], ([parameter = 0]) => {
    if (parameter > 1e6) throw new ModelError('model/diverged', 'an output is not finite');
    return 1 - parameter;
  });
  const scores = unpackScores(valuation.scores);
  expect(scores[2]).toBeLessThan(-1e8);
  expect(scores[0]).toBeGreaterThan(scores[2] ?? 0);
  expect(sumOf(scores)).toBe(utilityMicros);
});

test('any other error of an evaluation is an error', async () => {
  const broken = (): number => {
    throw new ModelError('model/wrong-shape', 'another model');
  };
  await expect(valued([0.1, 0.1, 0.1], broken)).rejects.toMatchObject({ code: 'model/wrong-shape' });
});

describe('where trainings are credited', () => {
  /** All weigh a third; the first two trained by what is given, the third handed on what it had. */
  const trainings = (isKnown: readonly boolean[]): ValueMixInput['trainings'] => ({
    isKnown,
    rule: 'clipped-mean',
    steps: STEPS,
    own: 0,
    mixedOf: async () => Float32Array.of(4),
    changeOf: async (entry) => Float32Array.of([3, 6, 0][entry] ?? 0),
  });
  const loss = ([parameter = 0]: Float32Array): number => 10 - parameter;

  test('who only handed on has nothing, and the scores sum to what all trainings were worth', async () => {
    const { valuation, utilityMicros } = await valued([3, 6, 3], loss, trainings([true, true, true]));
    expect(unpackScores(valuation.scores).slice(0, 3)).toEqual([1_000_000, 2_000_000, 0]);
    expect(utilityMicros).toBe(3_000_000);
    // The control: by its model the third has a part.
    const models = await valued([3, 6, 3], loss);
    expect(unpackScores(models.valuation.scores)[2]).toBeGreaterThan(0);
  });

  test('with equal weights neither a stated count nor a longer training has more, and the scores sum to what is left', async () => {
    const stated = (weights: number[]): ValueMixInput['trainings'] => ({
      ...(trainings([true, true, true]) as NonNullable<ValueMixInput['trainings']>),
      steps: [{ sources: [0, 1, 2], weights, scales: [1, 1, 1] }],
    });
    for (const weights of [
      [1 / 3, 1 / 3, 1 / 3],
      [0.25, 0.5, 0.25],
    ]) {
      const { valuation, utilityMicros } = await valued([3, 6, 3], loss, stated(weights), composeValuation('shapley'));
      expect(unpackScores(valuation.scores).slice(0, 3)).toEqual([1_000_000, 1_000_000, 0]);
      expect(utilityMicros).toBe(2_000_000);
    }
  });

  test('a contribution of which nobody knows what it was trained from is not scored', async () => {
    const { valuation, utilityMicros } = await valued([3, 6, 3], loss, trainings([true, false, true]));
    expect(unpackScores(valuation.scores).slice(0, 3)).toEqual([1_000_000, null, 0]);
    expect(utilityMicros).toBe(1_000_000);
  });
});

describe('by the study’s method', () => {
  const trainings: ValueMixInput['trainings'] = {
    isKnown: [true, true, true],
    rule: 'clipped-mean',
    steps: STEPS,
    own: 0,
    mixedOf: async () => Float32Array.of(4),
    changeOf: async (entry) => Float32Array.of([3, 6, -3][entry] ?? 0),
  };
  /** Curved, so that who comes first counts for more: from 2, where nobody trained, shares of 1, 2 and −1 lead to 4. */
  const loss = ([parameter = 0]: Float32Array): number => (parameter - 6) ** 2 / 10;
  const scoredBy = async (valuation: ValuationTerms, credited: ValueMixInput['trainings'] = trainings) => {
    const { valuation: record, ...value } = await valued([3, 6, -3], loss, credited, valuation);
    return { ...value, scores: unpackScores(record.scores).slice(0, 3) };
  };
  /** Two players at a time act on each other, so that Banzhaf values are Shapley values. */
  const exact = [600_000, 1_200_000, -600_000];
  const draws = { truncation: 0, standardErrorNats: 0, roundTruncationNats: 0 };

  test.each([
    ['shapley', exact, null],
    ['banzhaf', exact, null],
    // Nobody's slope is −0.8.
    ['first-order', [800_000, 1_600_000, -800_000], null],
    ['leave-one-out', [500_000, 1_200_000, -300_000], null],
    ['update-cosine', [333_333, 333_333, -333_333], 'nothing'],
  ] as const)('%s gives what it says', async (method, scores, utility) => {
    const expected = { utilityMicros: utility === null ? 1_200_000 : null, scoreErrorMicros: null };
    expect(await scoredBy(credited(method))).toMatchObject({ ...expected, scores });
  });

  test('the control: the scores of Shapley methods sum to the utility, the others’ do not', async () => {
    for (const method of VALUATION_METHODS) {
      const { scores, utilityMicros } = await scoredBy(credited(method));
      expect([method, sumOf(scores) === utilityMicros]).toEqual([
        method,
        sumsToUtility({ method }) || method === 'banzhaf',
      ]);
    }
  });

  test('the update cosine evaluates nothing, a first-order score one gradient beside the utility’s losses', async () => {
    expect((await scoredBy(credited('update-cosine'))).evaluations).toBe(0);
    expect((await scoredBy(credited('first-order'))).evaluations).toBe(3);
    expect((await scoredBy(credited('leave-one-out'))).evaluations).toBe(5);
    expect((await scoredBy(credited('shapley'))).evaluations).toBe(8);
  });

  test.each([
    { method: 'shapley', credit: 'training', exactPlayers: 2, permutations: 40 },
    { method: 'permutation-shapley', credit: 'training', permutations: 40, truncation: 0, standardErrorNats: 0 },
    { method: 'gtg-shapley', credit: 'training', rotations: 14, ...draws },
    { method: 'banzhaf', credit: 'training', exactPlayers: 2, coalitionPairs: 40 },
  ] as const satisfies readonly ValuationTerms[])(
    '$method draws, states its error, and draws the same again',
    async (terms) => {
      const [first, again] = [await scoredBy(terms), await scoredBy(terms)];
      expect(again).toEqual(first);
      expect(first.scoreErrorMicros).toBeGreaterThan(0);

      for (const [i, score] of exact.entries())
        expect(Math.abs((first.scores[i] ?? 0) - score)).toBeLessThan(4 * (first.scoreErrorMicros ?? 0));
      if (sumsToUtility(terms)) expect(sumOf(first.scores)).toBe(first.utilityMicros);
    },
  );

  test('where models are credited a change is that from the evaluator’s base', async () => {
    const { scores } = await scoredBy({ method: 'first-order', credit: 'model' }, null);
    // From the base, 0, the slope is −1.2.
    expect(scores).toEqual([1_200_000, 2_400_000, -1_200_000]);
  });

  test('no score is beyond what a record can hold, and no slope is no score', async () => {
    const huge = { ...trainings, changeOf: async (entry: number) => Float32Array.of(entry === 1 ? 6_000 : 0) };
    const { valuation } = await valued([3, 6, 3], ([at = 0]) => at, huge, credited('first-order'));
    expect(unpackScores(valuation.scores)[1]).toBe(-1_000_000_000);
    const broken = (): number => {
      throw new ModelError('model/diverged', 'an output is not finite');
    };
    const flat = await valued([3, 6, 3], broken, trainings, credited('first-order'));
    expect(unpackScores(flat.valuation.scores).slice(0, 3)).toEqual([0, 0, 0]);
  });
});
