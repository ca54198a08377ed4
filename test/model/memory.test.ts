import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { createWasmEngine } from '../../src/model/wasm-engine.ts';
import { examplesFor, mlp, train } from './small-training.ts';

const held = (): number => tf.memory().numTensors + tf.engine().backend.numDataIds();

test('a thousand rounds leave no tensor and no block of the backend behind', async () => {
  const model = (await createWasmEngine()).createModel(mlp);
  const examples = examplesFor(mlp);
  const before = held();
  for (let round = 0; round < 1000; round++) {
    const { parameters } = await train(model, { batchSize: 30, localEpochs: 1 }, examples);
    model.evaluate(parameters, examples);
  }
  expect(held()).toBe(before);
  const forgotten = tf.tensor1d([1]);
  expect(held()).toBeGreaterThan(before);
  forgotten.dispose();
});
