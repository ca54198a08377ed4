import { expect, test } from 'vitest';
import { pooledOptions, replaceOptions, trainingSchema } from '../../src/model/training-options.ts';
import { createWasmEngine } from '../../src/model/wasm-engine.ts';
import { examplesFor, mlp, options, train } from './small-training.ts';

test('a round has as many steps for everybody, over as many passes as that takes', async () => {
  const model = (await createWasmEngine()).createModel(mlp);
  const seen = async (samples: number) => {
    const { reports } = await train(model, { localSteps: 6 }, examplesFor(mlp, samples));
    return reports.map(({ samplesSeen }) => samplesSeen);
  };
  expect(await seen(30)).toEqual([30, 46]); // 8 + 8 + 8 + 6, and 8 + 8 of the second pass
  expect(await seen(60)).toEqual([48]);
  expect(await seen(5)).toEqual([5, 10, 15, 20, 25, 30]);
});

test('steps of whole epochs are the epochs, bit for bit; one step more is not', async () => {
  const model = (await createWasmEngine()).createModel(mlp);
  const epochs = await train(model, { localEpochs: 2 });
  expect(await train(model, { localSteps: 8 })).toEqual(epochs);
  expect((await train(model, { localSteps: 9 })).parameters).not.toEqual(epochs.parameters);
});

test('figures of a part of an epoch are those of the samples seen', async () => {
  const model = (await createWasmEngine()).createModel(mlp);
  const whole = examplesFor(mlp);
  const { reports } = await train(model, { localSteps: 1, batchSize: 15, learningRate: 1e-9 }, whole);
  expect(reports).toHaveLength(1);
  const { loss } = model.evaluate((await train(model, { localSteps: 1, learningRate: 1e-9 })).parameters, whole);
  expect(Math.abs((reports[0]?.loss ?? 0) / loss - 1)).toBeLessThan(0.3);
});

test('early stopping looks at a part of an epoch too', async () => {
  const model = (await createWasmEngine()).createModel(mlp);
  const examples = examplesFor(mlp);
  const heldOut = { ...examples, labels: examples.labels.map((label) => (label + 1) % 3) };
  const { reports } = await train(model, { localSteps: 6, patience: 2 }, examples, heldOut);
  expect(reports.map(({ epoch, keptEpoch }) => [epoch, keptEpoch])).toEqual([
    [1, 1],
    [2, 1],
  ]);
});

test('a round’s length is stated once, and replaced as a whole', () => {
  const { localEpochs, ...endless } = options;
  expect(localEpochs).toBe(2);
  expect(() => trainingSchema.parse(endless)).toThrow('either localEpochs or localSteps');
  expect(() => trainingSchema.parse({ ...options, localSteps: 3 })).toThrow('either localEpochs or localSteps');
  expect(replaceOptions(options, { localSteps: 3 })).toEqual({ ...endless, localSteps: 3 });
  expect(replaceOptions({ ...endless, localSteps: 3 }, { localEpochs: 1 })).toEqual({ ...endless, localEpochs: 1 });
  expect(replaceOptions(options, { learningRate: 1 })).toEqual({ ...options, learningRate: 1 });
  expect(() => replaceOptions(options, { localSteps: 3, localEpochs: 1 })).toThrow('either');
});

test('in one place a round has the steps of all members, and epochs as they are', () => {
  const inSteps = replaceOptions(options, { localSteps: 3 });
  expect(pooledOptions(inSteps, 4)).toEqual({ ...inSteps, localSteps: 12 });
  expect(pooledOptions(options, 4)).toEqual(options);
});
