import { beforeAll, expect, test } from 'vitest';
import { createSeededRandom } from '../../src/base/seeded-random.ts';
import type { Engine } from '../../src/model/engine.ts';
import { initialParameters } from '../../src/model/initial-parameters.ts';
import { createWasmEngine } from '../../src/model/wasm-engine.ts';
import { cnn, examplesFor, mlp } from './small-training.ts';

let engine: Engine;

beforeAll(async () => {
  engine = await createWasmEngine();
});

test.each([mlp, cnn])('the gradient agrees with differences of the loss: $kind', (architecture) => {
  const model = engine.createModel(architecture);
  const examples = examplesFor(architecture);
  const parameters = initialParameters(architecture, 'gradient');
  const gradient = model.gradient(parameters, examples);
  const { shuffle, next } = createSeededRandom('direction');
  for (const { offset, size } of model.layout.tensors) {
    const indices = shuffle(Array.from({ length: size }, (_, index) => offset + index)).slice(0, 12);
    const direction = new Float32Array(parameters.length);
    for (const index of indices) direction[index] = next() < 0.5 ? -0.001 : 0.001;
    const lossAt = (sign: number) =>
      model.evaluate(
        parameters.map((value, index) => value + sign * (direction[index] as number)),
        examples,
      ).loss;
    const expected = (lossAt(1) - lossAt(-1)) / 2;
    const actual = gradient.reduce((sum, slope, index) => sum + slope * (direction[index] as number), 0);
    expect(Math.abs(actual - expected)).toBeLessThan(5e-6 + 0.02 * Math.abs(expected));
  }
});

test('the gradient over several passes is that of one batch', () => {
  const model = engine.createModel(mlp);
  const parameters = initialParameters(mlp, 'large');
  const many = examplesFor(mlp, 600);
  const half = (from: number) => ({
    ...many,
    samples: 300,
    inputs: many.inputs.subarray(from * 12, (from + 300) * 12),
    labels: many.labels.subarray(from, from + 300),
  });
  const [all, first, second] = [many, half(0), half(300)].map((part) => model.gradient(parameters, part));
  const worst = (all as Float32Array).reduce(
    (most, slope, index) =>
      Math.max(most, Math.abs(slope - ((first?.[index] as number) + (second?.[index] as number)) / 2)),
    0,
  );
  expect(worst).toBeLessThan(1e-6);
});

test('an evaluation has a probability per class, mean cross-entropy and the area under the curve', () => {
  const model = engine.createModel(mlp);
  const zero = new Float32Array(model.layout.parameterCount);
  const { samples, loss, accuracy, auc, probabilities } = model.evaluate(zero, examplesFor(mlp));
  expect(samples).toBe(30);
  expect(loss).toBeCloseTo(Math.log(3), 5);
  expect(accuracy).toBeCloseTo(1 / 3, 12);
  expect(auc).toBe(0.5);
  expect(probabilities).toHaveLength(90);
  expect(probabilities.every((probability) => Math.abs(probability - 1 / 3) < 1e-6)).toBe(true);
});
