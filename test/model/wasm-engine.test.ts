import { beforeAll, expect, test, vi } from 'vitest';
import type { Architecture } from '../../src/model/architecture.ts';
import type { Engine } from '../../src/model/engine.ts';
import { initialParameters } from '../../src/model/initial-parameters.ts';
import { createWasmEngine } from '../../src/model/wasm-engine.ts';
import { cnn, examplesFor, logistic, mlp, options } from './small-training.ts';

let engine: Engine;

beforeAll(async () => {
  engine = await createWasmEngine();
});

test.each([
  ['too few parameters', { parameters: new Float32Array(3) }, 'model/wrong-shape'],
  ['another number of classes', { classes: 4 }, 'model/wrong-shape'],
  ['another shape', { inputShape: [13] }, 'model/wrong-shape'],
  ['a label that is no class', { labels: new Uint8Array(30).fill(3) }, 'model/wrong-shape'],
  ['fewer labels than samples', { labels: new Uint8Array(29) }, 'model/wrong-shape'],
  ['no samples', { samples: 0, inputs: new Float32Array(0), labels: new Uint8Array(0) }, 'model/no-examples'],
])('refuses %s', async (_, changes, code) => {
  const { parameters = initialParameters(mlp, 'start'), ...others } = changes as { parameters?: Float32Array };
  const examples = { ...examplesFor(mlp), ...others };
  const model = engine.createModel(mlp);
  expect(() => model.evaluate(parameters, examples)).toThrow(expect.objectContaining({ code }));
  expect(() => model.gradient(parameters, examples)).toThrow(expect.objectContaining({ code }));
  await expect(model.train(parameters, examples, options, { seed: '' }).next()).rejects.toMatchObject({ code });
});

test('an image fits a perceptron of as many inputs, but not a convolutional network of another shape', () => {
  const flat = examplesFor(mlp);
  const image = { ...flat, inputShape: [3, 4, 1] };
  const parameters = initialParameters(mlp, 'start');
  expect(engine.createModel(mlp).evaluate(parameters, image).loss).toBe(
    engine.createModel(mlp).evaluate(parameters, flat).loss,
  );
  const model = engine.createModel(cnn);
  const turned = { ...examplesFor(cnn), inputShape: [8, 9, 3] };
  expect(() => model.evaluate(initialParameters(cnn, 'start'), turned)).toThrow(
    expect.objectContaining({ code: 'model/wrong-shape' }),
  );
});

test('the engine says what it is, keeps the console quiet, and refuses an architecture that is none', async () => {
  const spies = (['log', 'warn', 'info', 'error'] as const).map((level) => vi.spyOn(console, level));
  const again = await createWasmEngine();
  expect(again).toMatchObject({ name: 'wasm', version: '4.22.0', reproducible: true });
  again.createModel(mlp).evaluate(initialParameters(mlp, 'start'), examplesFor(mlp));
  for (const spy of spies) expect(spy).not.toHaveBeenCalled();
  expect(() => engine.createModel({ ...logistic, classes: 1 } as Architecture)).toThrow(
    expect.objectContaining({ code: 'model/invalid-architecture' }),
  );
});
