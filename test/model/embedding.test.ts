import { beforeAll, describe, expect, test } from 'vitest';
import type { Architecture } from '../../src/model/architecture.ts';
import type { Engine } from '../../src/model/engine.ts';
import { initialParameters } from '../../src/model/initial-parameters.ts';
import { createWasmEngine } from '../../src/model/wasm-engine.ts';
import { cnn, depthwise, examplesFor, layers, logistic, mlp, resnet } from './small-training.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await createWasmEngine();
});

/** What the last dense layer makes of the features, written out. */
function classesOf(architecture: Architecture, parameters: Float32Array, features: Float32Array): number[] {
  const { tensors } = engine.createModel(architecture).layout;
  const weights = tensors.at(-2);
  const bias = tensors.at(-1);
  const [inputs = 0, classes = 0] = weights?.shape ?? [];
  return Array.from({ length: classes }, (_, c) =>
    features.reduce(
      (sum, feature, i) => sum + feature * (parameters[(weights?.offset ?? 0) + i * classes + c] ?? 0),
      inputs === features.length ? (parameters[(bias?.offset ?? 0) + c] ?? 0) : Number.NaN,
    ),
  );
}

const softmax = (logits: readonly number[]): number[] => {
  const total = logits.reduce((sum, logit) => sum + Math.exp(logit), 0);
  return logits.map((logit) => Math.exp(logit) / total);
};

describe.each([mlp, cnn, resnet, depthwise, logistic, layers])('the embedding of $kind', (architecture) => {
  test('is what the last layer makes its probabilities of', () => {
    const model = engine.createModel(architecture);
    const examples = examplesFor(architecture);
    const parameters = initialParameters(architecture, 'embedding');
    const { width, values } = model.embed(parameters, examples);
    const { probabilities } = model.evaluate(parameters, examples);
    expect(values).toHaveLength(examples.samples * width);
    for (let sample = 0; sample < examples.samples; sample++) {
      const expected = softmax(
        classesOf(architecture, parameters, values.subarray(sample * width, (sample + 1) * width)),
      );
      for (const [c, p] of expected.entries()) {
        expect(probabilities[sample * examples.classes + c]).toBeCloseTo(p, 4);
      }
    }
  });
});

test('an embedding is the input where there is no hidden layer, and names its layer elsewhere', () => {
  const examples = examplesFor(logistic);
  const { layer, values } = engine.createModel(logistic).embed(initialParameters(logistic, '1'), examples);
  expect([layer, values]).toEqual([null, examples.inputs]);
  expect(engine.createModel(cnn).embed(initialParameters(cnn, '1'), examplesFor(cnn)).layer).not.toBeNull();
});

test('parameters of another network, and those that are too large, are refused', () => {
  const model = engine.createModel(mlp);
  const examples = examplesFor(mlp);
  expect(() => model.embed(new Float32Array(3), examples)).toThrow(
    expect.objectContaining({ code: 'model/wrong-shape' }),
  );
  const broken = initialParameters(mlp, '1').fill(3e38);
  expect(() => model.embed(broken, examples)).toThrow(expect.objectContaining({ code: 'model/diverged' }));
});
