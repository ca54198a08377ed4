import { expect, test } from 'vitest';
import type { Examples } from '../../src/model/examples.ts';
import type { Network } from '../../src/model/network.ts';
import type { PrivateSteps } from '../../src/model/private-steps.ts';
import { privateTrainingLoop } from '../../src/model/private-training-loop.ts';
import { calibrateNoise } from '../../src/privacy/calibrate-noise.ts';
import { createPrivateSteps } from '../../src/privacy/private-steps.ts';
import { options } from '../model/small-training.ts';
import { empiricalEpsilon } from './empirical-epsilon.ts';
import { createSeededSource } from './seeded-source.ts';

/*
 * An adversary who sees the model after a whole training: several steps, and batches that are drawn. What he looks for is a
 * record whose gradient he chose, of the full norm.
 */
const RUNS = 1000;
const EPSILON = 4;
const DELTA = 1e-5;
const RECORDS = 8;
const PARAMETERS = 16;
const terms = { clipNorm: 0.5, batchSize: 2, stepsPerRound: 4 };
const canary = new Float32Array(PARAMETERS).fill(terms.clipNorm / Math.sqrt(PARAMETERS));

/** A record that is one has the canary's gradient, all others none. */
const network: Network = {
  clippedGradientSum(_, { inputs, samples }) {
    const times = inputs.reduce((sum, value) => sum + value, 0);
    const gradient = canary.map((value) => value * times);
    return { gradient, norms: new Float32Array(samples), logProbabilities: new Float32Array(samples) };
  },
  differentiate: () => expect.unreachable('a gradient that is not clipped'),
  logProbabilities: () => expect.unreachable('an output without noise'),
  outputOf: () => expect.unreachable('features without noise'),
  inputGradient: () => expect.unreachable('slopes without noise'),
};

function recordsWith(present: boolean): Examples {
  const inputs = new Float32Array(RECORDS);
  inputs[0] = present ? 1 : 0;
  return { inputs, labels: new Uint8Array(RECORDS), samples: RECORDS, inputShape: [1], classes: 2 };
}

/** How far each run's model moved along the canary, in units of what the record adds to one step. */
async function scores(present: boolean, steps: () => PrivateSteps): Promise<number[]> {
  const plain = {
    ...options,
    momentum: 0,
    weightDecay: 0,
    learningRate: terms.batchSize,
    classWeights: 'none',
  } as const;
  const training = { examples: recordsWith(present), options: plain };
  const moved: number[] = [];
  for (let run = 0; run < RUNS; run++) {
    const trained = await privateTrainingLoop(network, new Float32Array(PARAMETERS), training, { steps: steps() });
    moved.push(-trained.reduce((sum, value, i) => sum + value * (canary[i] as number), 0) / terms.clipNorm ** 2);
  }
  return moved;
}

/** @param expected steps that the record is in, on average */
async function audit(expected: number, steps: () => PrivateSteps): Promise<number> {
  const [without, present] = [await scores(false, steps), await scores(true, steps)];
  return empiricalEpsilon({ without, present }, expected / 2, DELTA);
}

test('a training with drawn batches shows no more than is claimed; if every record is in every batch, more', async () => {
  const samplingRate = terms.batchSize / RECORDS;
  const target = { epsilon: EPSILON, delta: DELTA, samplingRate, steps: terms.stepsPerRound };
  const sampled = { ...terms, noiseMultiplier: calibrateNoise(target) };
  const random = createSeededSource('sampled');
  const ours = (): PrivateSteps => createPrivateSteps(sampled, RECORDS, random);
  const everyone = Array.from({ length: RECORDS }, (_, record) => record);
  const drawn = await audit(terms.stepsPerRound * samplingRate, ours);
  const all = await audit(terms.stepsPerRound, () => ({ ...ours(), drawBatch: () => everyone }));
  expect(drawn).toBeLessThan(EPSILON);
  expect(drawn).toBeGreaterThan(0.1 * EPSILON);
  expect(all).toBeGreaterThan(EPSILON);
});
