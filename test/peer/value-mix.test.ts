import { describe, expect, test } from 'vitest';
import { ModelError } from '../../src/model/model-error.ts';
import { type ValueMixInput, valueMix } from '../../src/peer/value-mix.ts';
import { unpackScores } from '../../src/protocol/valuation.ts';
import { digest, memberAccount, STUDY } from '../builders.ts';

const members = [1, 2, 3].map(memberAccount);
const entries = members.map((member, i) => ({ member, round: 0, update: digest(`update ${i}`) }));

/** Three members of one parameter; the base is 0, and the loss is what a test makes of the parameter. */
const valued = (
  updates: readonly number[],
  lossOf: (parameters: Float32Array) => number,
  trainings: ValueMixInput['trainings'] = null,
  credit: 'model' | 'equal-training' = 'model',
) =>
  valueMix({
    manifest: { valuation: { method: 'shapley', credit, exactPlayers: 8, permutations: 2 } },
    study: STUDY,
    evaluator: members[0] ?? '0x',
    lossOf,
    positions: members.map((member) => [member]),
    gradientAt: () => {
      throw new Error('no method of these tests needs a gradient');
    },
    steps: [],
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
    steps: [{ sources: [0, 1, 2], weights: [1 / 3, 1 / 3, 1 / 3], scales: [1, 1, 1] }],
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
      const { valuation, utilityMicros } = await valued([3, 6, 3], loss, stated(weights), 'equal-training');
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
