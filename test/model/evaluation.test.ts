import { beforeAll, expect, test } from 'vitest';
import { createSeededRandom } from '../../src/base/seeded-random.ts';
import type { Architecture } from '../../src/model/architecture.ts';
import { noClassBalance } from '../../src/model/class-balance.ts';
import { crossEntropy } from '../../src/model/cross-entropy.ts';
import type { Engine } from '../../src/model/engine.ts';
import { initialParameters } from '../../src/model/initial-parameters.ts';
import { createNetwork } from '../../src/model/network.ts';
import { layoutOf, type ParameterLayout, type TensorSlot } from '../../src/model/parameter-layout.ts';
import { createWasmEngine } from '../../src/model/wasm-engine.ts';
import { cnn, depthwise, examplesFor, layers, logistic, mlp, resnet, train } from './small-training.ts';

let engine: Engine;

beforeAll(async () => {
  engine = await createWasmEngine();
});

const architectures = [mlp, cnn, resnet, depthwise, logistic, layers];

/** Biases of zero would put pixels that nothing reaches exactly on the kink of a relu, where there is no one slope. */
function startOf(architecture: Architecture): Float32Array {
  const { next } = createSeededRandom('bias');
  return initialParameters(architecture, 'gradient').map((value) => (value === 0 ? next() * 0.2 - 0.1 : value));
}

/** By how much a gradient differs from differences of the loss, along a random direction within each tensor; 1 is the bound. */
function slopeErrors(
  { layout, gradient }: { layout: ParameterLayout; gradient: Float32Array },
  parameters: Float32Array,
  lossAt: (parameters: Float32Array) => number,
): number[] {
  const { shuffle, next } = createSeededRandom('direction');
  return layout.tensors
    .filter(({ trained }) => trained)
    .map(({ offset, size }) => {
      const indices = shuffle(Array.from({ length: size }, (_, index) => offset + index)).slice(0, 12);
      const direction = new Float32Array(parameters.length);
      for (const index of indices) direction[index] = next() < 0.5 ? -0.001 : 0.001;
      const moved = (sign: number) => parameters.map((value, index) => value + sign * (direction[index] as number));
      const expected = (lossAt(moved(1)) - lossAt(moved(-1))) / 2;
      const actual = gradient.reduce((sum, slope, index) => sum + slope * (direction[index] as number), 0);
      return Math.abs(actual - expected) / (2e-5 + 0.02 * Math.abs(expected));
    });
}

test.each(architectures)('the gradient agrees with differences of the loss: $kind', (architecture) => {
  const model = engine.createModel(architecture);
  const examples = examplesFor(architecture);
  const parameters = startOf(architecture);
  const gradient = model.gradient(parameters, examples);
  const lossAt = (moved: Float32Array): number => model.evaluate(moved, examples).loss;
  expect(Math.max(...slopeErrors({ layout: model.layout, gradient }, parameters, lossAt))).toBeLessThan(1);
});

test.each(architectures)(
  'the gradient of a training pass agrees with differences of its loss: $kind',
  (architecture) => {
    const layout = layoutOf(architecture);
    const network = createNetwork(architecture, layout);
    const parameters = startOf(architecture);
    const examples = examplesFor(architecture);
    const pass = (at: Float32Array) => {
      const random = createSeededRandom('dropout');
      return network.differentiate(at, examples, noClassBalance(3), { random });
    };
    const lossAt = (moved: Float32Array): number => crossEntropy(pass(moved).logProbabilities, examples.labels);
    const errors = slopeErrors({ layout, gradient: pass(parameters).gradient }, parameters, lossAt);
    expect(Math.max(...errors)).toBeLessThan(1);
  },
);

test('batch normalisation records the averages of what it saw, and an evaluation uses them', async () => {
  const model = engine.createModel(resnet);
  const { parameters } = await train(model, { localEpochs: 30 });
  const { offset, size } = model.layout.tensors.find(({ name }) => name === 'stem/norm.mean') as TensorSlot;
  expect(parameters.subarray(offset, offset + size).some((mean) => Math.abs(mean) > 0.01)).toBe(true);
  const forgotten = parameters.slice().fill(0, offset, offset + size);
  const examples = examplesFor(resnet);
  expect(model.evaluate(forgotten, examples).loss).not.toBe(model.evaluate(parameters, examples).loss);
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
