import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { createWasmEngine } from '../../src/model/wasm-engine.ts';
import { AGREEMENT, compareBackends, randomTensor } from './compare-backends.ts';

const settings = { seed: 20261123, numRuns: 60 };
const side = fc.integer({ min: 3, max: 9 });
const few = fc.integer({ min: 1, max: 4 });
const pools = fc.record({
  image: fc.tuple(few, side, side, few),
  filter: fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 })),
  strides: fc.tuple(fc.integer({ min: 1, max: 2 }), fc.integer({ min: 1, max: 2 })),
  pad: fc.constantFrom<('same' | 'valid')[]>('same', 'valid'),
  seed: fc.nat(),
});

beforeAll(async () => {
  await createWasmEngine();
  await import('@tensorflow/tfjs-backend-cpu');
});

test('the gradient of a max-pool agrees with the plain backend, overlapping windows and ties too', () =>
  fc.assert(
    fc.asyncProperty(pools, fc.boolean(), async ({ image, filter, strides, pad, seed }, ties) => {
      const { outShape } = tf.backend_util.computePool2DInfo(image, filter, strides, 1, pad);
      const attributes = { filterSize: filter, strides, pad };
      const comparison = await compareBackends(() => {
        const values = randomTensor(seed, 'x', image);
        const input = ties ? tf.round(values) : values;
        const dy = randomTensor(seed, 'dy', outShape);
        return tf.engine().runKernel('MaxPoolGrad', { dy, input, output: dy }, attributes);
      });
      expect(comparison).toEqual(AGREEMENT);
    }),
    settings,
  ));

test('the gradient of an average pool agrees with the plain backend', () =>
  fc.assert(
    fc.asyncProperty(pools, async ({ image, filter, strides, pad, seed }) => {
      const { outShape } = tf.backend_util.computePool2DInfo(image, filter, strides, 1, pad);
      const comparison = await compareBackends(() => {
        const operands = { dy: randomTensor(seed, 'dy', outShape), input: randomTensor(seed, 'x', image) };
        return tf.engine().runKernel('AvgPoolGrad', operands, { filterSize: filter, strides, pad });
      });
      expect(comparison).toEqual(AGREEMENT);
    }),
    settings,
  ));

const products = fc.record({
  batch: fc.constantFrom([], [1], [3]),
  rows: fc.integer({ min: 1, max: 9 }),
  inner: fc.integer({ min: 1, max: 9 }),
  columns: fc.integer({ min: 1, max: 9 }),
  transposeA: fc.boolean(),
  transposeB: fc.boolean(),
  seed: fc.nat(),
});

test('matrix products with transposed operands agree with the plain backend', () =>
  fc.assert(
    fc.asyncProperty(products, async ({ batch, rows, inner, columns, transposeA, transposeB, seed }) => {
      const comparison = await compareBackends(() => {
        const a = randomTensor(seed, 'a', [...batch, ...(transposeA ? [inner, rows] : [rows, inner])]);
        const b = randomTensor(seed, 'b', [...batch, ...(transposeB ? [columns, inner] : [inner, columns])]);
        return tf.matMul(a, b, transposeA, transposeB);
      });
      expect(comparison).toEqual(AGREEMENT);
    }),
    settings,
  ));

test('fused matrix products with transposed operands, bias and relu agree with the plain backend', () =>
  fc.assert(
    fc.asyncProperty(products, async ({ rows, inner, columns, transposeA, transposeB, seed }) => {
      const comparison = await compareBackends(() => {
        const a = randomTensor(seed, 'a', transposeA ? [inner, rows] : [rows, inner]) as tf.Tensor2D;
        const b = randomTensor(seed, 'b', transposeB ? [columns, inner] : [inner, columns]) as tf.Tensor2D;
        const bias = randomTensor(seed, 'bias', [columns]);
        return tf.fused.matMul({ a, b, transposeA, transposeB, bias, activation: 'relu' });
      });
      expect(comparison).toEqual(AGREEMENT);
    }),
    settings,
  ));

test('control: the comparison notices a single wrong element, and a tensor that is kept', async () => {
  let calls = 0;
  expect(await compareBackends(() => tf.tensor1d([1, 2, calls++ === 0 ? 3 : 3.01]))).toEqual({
    agrees: false,
    leaked: 0,
  });
  expect((await compareBackends(() => tf.keep(tf.tensor1d([1])))).leaked).toBeGreaterThan(0);
});
