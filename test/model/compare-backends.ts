import * as tf from '@tensorflow/tfjs-core';
import { createSeededRandom } from '../../src/base/seeded-random.ts';

function randomValues(seed: number, label: string, size: number): Float32Array {
  const { next } = createSeededRandom(seed, label);
  return Float32Array.from({ length: size }, () => 2 * next() - 1);
}

export function randomTensor(seed: number, label: string, shape: readonly number[]): tf.Tensor {
  const size = shape.reduce((product, length) => product * length, 1);
  return tf.tensor(randomValues(seed, label, size), [...shape]);
}

export interface Comparison {
  /** All elements equal within 1e-4 of the largest. */
  readonly agrees: boolean;
  /** Tensors and heap blocks that the wasm backend did not give back. */
  readonly leaked: number;
}

export const AGREEMENT: Comparison = { agrees: true, leaked: 0 };

/** Runs an operation on ours and on the plain backend, where `plain` can say the same in other words. */
export async function compareBackends(operation: () => tf.Tensor, plain = operation): Promise<Comparison> {
  await tf.setBackend('cpu');
  const expected = tf.tidy(() => tf.reshape(plain(), [-1])).arraySync() as number[];
  await tf.setBackend('wasm');
  const held = () => tf.memory().numTensors + tf.engine().backend.numDataIds();
  const before = held();
  const result = tf.tidy(() => tf.reshape(operation(), [-1]));
  const actual = result.arraySync() as number[];
  result.dispose();
  const tolerance = 1e-4 * Math.max(1, ...expected.map(Math.abs));
  const close = expected.every((value, index) => Math.abs(value - (actual[index] as number)) <= tolerance);
  return { agrees: close && actual.length === expected.length, leaked: held() - before };
}
