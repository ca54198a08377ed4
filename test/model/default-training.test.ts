import { expect, test } from 'vitest';
import { architectureSchema } from '../../src/model/architecture.ts';
import { defaultTraining } from '../../src/model/default-training.ts';
import type { Examples } from '../../src/model/examples.ts';
import { layoutOf } from '../../src/model/parameter-layout.ts';
import { replaceOptions, roundLength, trainingSchema } from '../../src/model/training-options.ts';
import { createWasmEngine } from '../../src/model/wasm-engine.ts';
import { examplesFor, train } from './small-training.ts';

test.each([
  ['wdbc', [30], 2, { kind: 'mlp', hidden: [32] }],
  ['digits', [8, 8, 1], 10, { kind: 'cnn', filters: [16], dense: 64 }],
  ['npz', [28, 28, 1], 2, { kind: 'cnn', filters: [8, 16, 32], dense: 32 }],
] as const)('%s has a network of its own', (kind, inputShape, classes, expected) => {
  expect(defaultTraining(kind, { inputShape, classes }).architecture).toMatchObject(expected);
});

test.each([
  { inputShape: [28, 28, 1], classes: 2, stages: 3 },
  { inputShape: [28, 28, 3], classes: 9, stages: 3 },
  { inputShape: [64, 64, 3], classes: 8, stages: 3 },
  { inputShape: [224, 224, 3], classes: 11, stages: 3 },
  { inputShape: [23, 64, 1], classes: 2, stages: 2 },
  { inputShape: [8, 8, 1], classes: 10, stages: 1 },
  { inputShape: [2, 2, 1], classes: 256, stages: 1 },
])('an NPZ of $inputShape pixels in $classes classes trains a network of $stages stages', (samples) => {
  const { architecture, training, rounds } = defaultTraining('npz', samples);
  const { kind, filters, ...shape } = { filters: [], ...architectureSchema.parse(architecture) };
  expect(kind).toBe('cnn');
  expect(filters).toHaveLength(samples.stages);
  expect(shape).toMatchObject({
    height: samples.inputShape[0],
    width: samples.inputShape[1],
    classes: samples.classes,
  });
  expect(layoutOf(architecture).parameterCount).toBeLessThan(2 ** 20);
  expect(trainingSchema.parse(training)).toEqual(training);
  expect(rounds).toBeLessThanOrEqual(30);
});

test.each(['wdbc', 'digits', 'npz', 'tables', 'survival'] as const)(
  'a round of %s is as long for who has its data twice',
  (kind) => {
    const { training } = defaultTraining(kind, { inputShape: [28, 28, 1], classes: 2 });
    expect(roundLength(training, 320).steps).toBe(roundLength(training, 160).steps);
    const inEpochs = replaceOptions(training, { localEpochs: 1, batchSize: 16 });
    expect(roundLength(inEpochs, 320).steps).toBe(2 * roundLength(inEpochs, 160).steps);
  },
);

test('the network of an NPZ learns colour images of several classes', async () => {
  const { architecture, training } = defaultTraining('npz', { inputShape: [28, 28, 3], classes: 3 });
  const examples: Examples = examplesFor(architecture, 120);
  const model = (await createWasmEngine()).createModel(architecture);
  const { parameters } = await train(model, training, examples);
  expect(model.evaluate(parameters, examples).accuracy).toBeGreaterThan(0.95);
});
