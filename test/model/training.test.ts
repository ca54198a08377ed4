import { memory } from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { sha256, toHex } from '../../src/base/bytes.ts';
import type { Engine, EpochReport } from '../../src/model/engine.ts';
import { initialParameters } from '../../src/model/initial-parameters.ts';
import { createWasmEngine } from '../../src/model/wasm-engine.ts';
import { cnn, depthwise, examplesFor, layers, logistic, mlp, options, resnet, train } from './small-training.ts';

let engine: Engine;

beforeAll(async () => {
  engine = await createWasmEngine();
});

function digestOf(parameters: Float32Array): string {
  return toHex(sha256(new Uint8Array(parameters.buffer, parameters.byteOffset, parameters.byteLength)));
}
test.each([
  ['mlp', mlp, {}, '0xa238d599fc430dfdce4bb69d99d546d88e26a1905989278536160be21f43e738'],
  ['cnn', cnn, {}, '0xfae6e369795e0c2d7444694eaab70e96d235e190893fb204a38b1086531449a0'],
  [
    'cnn, adam, calibrated',
    cnn,
    { optimiser: 'adam', classWeights: 'calibrated' },
    '0xada8ee7fb6c0eb8e11e203550f2d6e921a9c38e36a0027bbe5699e18a2251410',
  ],
  ['resnet', resnet, {}, '0x99141ed65728a22c269175c59a9546dc339f013bfe9d1dbeb247fa5ba6eb3c8b'],
  ['depthwise, dropout', depthwise, {}, '0x4766cbac9166bdb22bc730aeeb454cf7cebd935ebc511b5f112a3999d7daaf7d'],
  ['layers', layers, {}, '0xf8fd7deea139705082b92342025486df62a8e69afd011784cf3febe61e337819'],
] as const)('a seeded run gives the recorded bits: %s', async (_, architecture, changes, digest) => {
  const { parameters } = await train(engine.createModel(architecture), changes);
  expect(digestOf(parameters)).toBe(digest);
});

test('another seed gives another order and other parameters', async () => {
  const model = engine.createModel(mlp);
  const { parameters } = await train(model);
  const epochs = model.train(initialParameters(mlp, 'start'), examplesFor(mlp), options, { seed: 'other' });
  let step = await epochs.next();
  while (!step.done) step = await epochs.next();
  expect(digestOf(step.value)).not.toBe(digestOf(parameters));
});

test.each([mlp, cnn, resnet, depthwise, logistic, layers])(
  'training leaves its input alone, leaves no tensor behind, and learns: $kind',
  async (architecture) => {
    const model = engine.createModel(architecture);
    const initial = initialParameters(architecture, 'start');
    const examples = examplesFor(architecture);
    const before = memory().numTensors;
    const { parameters, reports } = await train(model, { localEpochs: 10 });
    expect(memory().numTensors).toBe(before);
    expect(initialParameters(architecture, 'start')).toEqual(initial);
    expect(reports.map(({ epoch }) => epoch)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(reports.at(-1)?.samplesSeen).toBe(300);
    expect(reports.at(-1)?.loss).toBeLessThan((reports[0] as EpochReport).loss);
    expect(model.evaluate(parameters, examples).accuracy).toBeGreaterThan(0.9);
    expect(model.evaluate(initial, examples).accuracy).toBeLessThan(0.9);
  },
);

test('calibration hardly moves a class that the member does not have', async () => {
  const model = engine.createModel(mlp);
  const examples = examplesFor(mlp);
  const oneClass = { ...examples, labels: new Uint8Array(examples.samples) };
  const initial = initialParameters(mlp, 'start');
  const lengthOf = async (classWeights: 'calibrated' | 'none'): Promise<number> => {
    const { parameters } = await train(model, { classWeights, weightDecay: 0 }, oneClass);
    return Math.hypot(...parameters.map((value, k) => value - (initial[k] as number)));
  };
  expect(await lengthOf('calibrated')).toBeGreaterThan(0);
  expect(await lengthOf('calibrated')).toBeLessThan(0.1 * (await lengthOf('none')));
});

test('a run that diverges says so', async () => {
  const model = engine.createModel(mlp);
  const examples = examplesFor(mlp);
  const broken = { ...examples, inputs: examples.inputs.map(() => Number.NaN) };
  await expect(train(model, {}, broken)).rejects.toMatchObject({ code: 'model/diverged' });
  const wild = { ...examples, inputs: examples.inputs.map((value) => value * 1e30) };
  const linear = engine.createModel({ kind: 'mlp', inputs: 12, hidden: [], classes: 3 });
  await expect(train(linear, { learningRate: 10 }, wild)).rejects.toMatchObject({ code: 'model/diverged' });
  const spoilt = initialParameters(mlp, 'start').fill(Number.NaN);
  expect(() => model.evaluate(spoilt, examples)).toThrow(expect.objectContaining({ code: 'model/diverged' }));
});

test('an aborted run stops before the next batch', async () => {
  const controller = new AbortController();
  const model = engine.createModel(mlp);
  const before = memory().numTensors;
  const epochs = model.train(
    initialParameters(mlp, 'start'),
    examplesFor(mlp),
    { ...options, localEpochs: 1000 },
    {
      seed: 'order',
      signal: controller.signal,
    },
  );
  await epochs.next();
  controller.abort(new Error('enough'));
  await expect(epochs.next()).rejects.toThrow('enough');
  expect(memory().numTensors).toBe(before);
});

test('training gives way to the event loop after every batch', async () => {
  let turns = 0;
  let running = true;
  const count = () => {
    turns++;
    if (running) setImmediate(count);
  };
  setImmediate(count);
  await train(engine.createModel(mlp), { batchSize: 1 });
  running = false;
  expect(turns).toBeGreaterThanOrEqual(60);
});
