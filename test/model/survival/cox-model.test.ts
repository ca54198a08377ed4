import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { createSeededRandom } from '../../../src/base/seeded-random.ts';
import type { Engine, Model } from '../../../src/model/engine.ts';
import type { Examples } from '../../../src/model/examples.ts';
import { concordanceIndex } from '../../../src/model/survival/concordance-index.ts';
import { partialLikelihood } from '../../../src/model/survival/partial-likelihood.ts';
import { createWasmEngine } from '../../../src/model/wasm-engine.ts';
import { options, train } from '../small-training.ts';

const cox = { kind: 'cox', inputs: 3, classes: 2 } as const;
let engine: Engine;
let model: Model;

beforeAll(async () => {
  engine = await createWasmEngine();
  model = engine.createModel(cox);
});

/** Exponential times whose rate follows from the inputs by these weights; a quarter ends early, without the event. */
function survivalExamples(weights: readonly number[], samples = 400): Examples & { times: Float32Array } {
  const { next } = createSeededRandom('survival');
  const inputs = Float32Array.from({ length: samples * weights.length }, () => 2 * next() - 1);
  const labels = Uint8Array.from({ length: samples }, () => (next() < 0.25 ? 0 : 1));
  const times = Float32Array.from({ length: samples }, (_, sample) => {
    const risk = weights.reduce((sum, weight, i) => sum + weight * (inputs[sample * weights.length + i] as number), 0);
    const untilEvent = -Math.log(1 - next()) / Math.exp(risk);
    return labels[sample] === 1 ? untilEvent : untilEvent * next();
  });
  return { inputs, labels, times, samples, inputShape: [weights.length], classes: 2 };
}

const followUps = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 6 }), fc.boolean(), fc.integer({ min: -4, max: 4 })), {
    minLength: 1,
    maxLength: 12,
  })
  .map((rows) => ({
    times: Float32Array.from(rows, ([time]) => time),
    labels: Uint8Array.from(rows, ([, isEvent]) => Number(isEvent)),
    logRisks: Float64Array.from(rows, ([, , risk]) => risk / 2),
  }));

describe('the partial likelihood', () => {
  test('is the mean over events of −log of their share among all that were observed as long', () => {
    fc.assert(
      fc.property(followUps, ({ logRisks, ...batch }) => {
        const events = [...batch.labels.keys()].filter((sample) => batch.labels[sample] === 1);
        const terms = events.map((event) => {
          const risks = [...logRisks].filter((_, other) => (batch.times[other] ?? 0) >= (batch.times[event] ?? 0));
          return Math.log(risks.reduce((sum, risk) => sum + Math.exp(risk), 0)) - (logRisks[event] ?? 0);
        });
        const expected = terms.reduce((sum, term) => sum + term, 0) / Math.max(1, events.length);
        expect(partialLikelihood(logRisks, batch).loss).toBeCloseTo(expected, 9);
      }),
    );
  });

  test('has the gradient that small steps show', () => {
    fc.assert(
      fc.property(followUps, ({ logRisks, ...batch }) => {
        const { gradient } = partialLikelihood(logRisks, batch);
        for (const sample of logRisks.keys()) {
          const at = (step: number) =>
            partialLikelihood(
              logRisks.map((risk, other) => risk + (other === sample ? step : 0)),
              batch,
            ).loss;
          expect(gradient[sample]).toBeCloseTo((at(1e-5) - at(-1e-5)) / 2e-5, 6);
        }
      }),
    );
  });

  test('is finite for risks that overflow by themselves', () => {
    const { loss } = partialLikelihood(Float64Array.of(900, 800), {
      times: Float32Array.of(1, 2),
      labels: Uint8Array.of(1, 1),
    });
    expect(loss).toBeCloseTo(0, 9);
  });
});

test('the concordance index is the share of comparable pairs in the right order', () => {
  fc.assert(
    fc.property(followUps, ({ logRisks, times, labels }) => {
      let [pairs, agreeing] = [0, 0];
      for (const event of [...labels.keys()].filter((sample) => labels[sample] === 1)) {
        for (const other of labels.keys()) {
          const isLater = (times[other] ?? 0) > (times[event] ?? 0);
          const isObserved = times[other] === times[event] && labels[other] === 0;
          if (!isLater && !isObserved) continue;
          pairs++;
          agreeing += (1 + Math.sign((logRisks[event] ?? 0) - (logRisks[other] ?? 0))) / 2;
        }
      }
      const index = concordanceIndex(logRisks, { times, labels });
      if (pairs === 0) expect(index).toBeNull();
      else expect(index).toBeCloseTo(agreeing / pairs, 12);
    }),
  );
});

test('a Cox model finds the weights that made the data, and repeats itself bit for bit', async () => {
  const truth = [1, -0.5, 0];
  const examples = survivalExamples(truth, 1500);
  const changes = { batchSize: 1500, localEpochs: 60, learningRate: 0.5, weightDecay: 0 };
  const { parameters, reports } = await train(model, changes, examples);
  for (const [i, weight] of parameters.entries()) expect(Math.abs(weight - (truth[i] ?? 0))).toBeLessThan(0.15);
  expect(reports.at(-1)).toMatchObject({ accuracy: null });
  const { auc, accuracy } = model.evaluate(parameters, examples);
  expect(accuracy).toBeNull();
  expect(auc).toBeGreaterThan(0.65);
  expect(model.evaluate(new Float32Array(3), examples).auc).toBe(0.5);
  expect((await train(model, changes, examples)).parameters).toEqual(parameters);
});

test('the gradient of the whole is zero where training has ended', async () => {
  const examples = survivalExamples([1, -0.5, 0]);
  const changes = { batchSize: 400, localEpochs: 200, learningRate: 0.5, weightDecay: 0 };
  const { parameters } = await train(model, changes, examples);
  expect(Math.max(...model.gradient(parameters, examples).map(Math.abs))).toBeLessThan(1e-4);
  expect(Math.max(...model.gradient(new Float32Array(3), examples).map(Math.abs))).toBeGreaterThan(0.05);
});

test.each([
  ['no times', { times: undefined }],
  ['a negative time', { times: new Float32Array(400).fill(-1) }],
  ['a time that is no number', { times: new Float32Array(400).fill(Number.NaN) }],
  ['too few times', { times: new Float32Array(399) }],
])('refuses %s', (_, changes) => {
  const { times: _times, ...rest } = survivalExamples([1, -0.5, 0]);
  const examples = { ...rest, ...(changes.times === undefined ? {} : { times: changes.times }) };
  const refused = expect.objectContaining({ code: 'model/wrong-shape' });
  expect(() => model.evaluate(new Float32Array(3), examples)).toThrow(refused);
});

test('refuses what makes no sense without classes, or where no sample stands for itself', async () => {
  const examples = survivalExamples([1, -0.5, 0]);
  await expect(train(model, { classWeights: 'balanced' }, examples)).rejects.toMatchObject({
    code: 'model/unsuitable-training',
  });
  const steps = { count: 1, clipNorm: 1, expectedBatch: 8, drawBatch: () => [0], perturb: (sum: Float64Array) => sum };
  await expect(model.trainPrivately(new Float32Array(3), examples, options, { steps })).rejects.toMatchObject({
    code: 'model/samples-mixed',
  });
});
