import { expect, test } from 'vitest';
import { ModelError } from '../../src/model/model-error.ts';
import { valueMix } from '../../src/peer/value-mix.ts';
import { unpackScores } from '../../src/protocol/valuation.ts';
import { digest, memberAccount, STUDY } from '../builders.ts';

const members = [1, 2, 3].map(memberAccount);
const entries = members.map((member, i) => ({ member, round: 0, update: digest(`update ${i}`) }));

/** Three members of one parameter; the base is 0, and the loss is what a test makes of the parameter. */
const valued = (updates: readonly number[], lossOf: (parameters: Float32Array) => number) =>
  valueMix({
    manifest: { valuation: { method: 'shapley', exactPlayers: 8, permutations: 1 } },
    study: STUDY,
    evaluator: members[0] ?? '0x',
    lossOf,
    positions: members.map((member) => [member]),
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
