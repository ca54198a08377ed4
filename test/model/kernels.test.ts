import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { createSeededRandom } from '../../src/base/seeded-random.ts';
import { createWasmEngine } from '../../src/model/wasm-engine.ts';

type Shape4D = [number, number, number, number];

const settings = { seed: 20261123, numRuns: 60 };
const side = fc.integer({ min: 3, max: 9 });
const few = fc.integer({ min: 1, max: 4 });
const convolutions = fc.record({
  image: fc.tuple(few, side, side, few),
  filter: fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 })),
  filters: fc.integer({ min: 1, max: 5 }),
  strides: fc.tuple(fc.integer({ min: 1, max: 2 }), fc.integer({ min: 1, max: 2 })),
  pad: fc.constantFrom<('same' | 'valid')[]>('same', 'valid'),
  seed: fc.nat(),
});

beforeAll(async () => {
  await createWasmEngine();
  await import('@tensorflow/tfjs-backend-cpu');
});

function randomValues(seed: number, label: string, size: number): Float32Array {
  const { next } = createSeededRandom(seed, label);
  return Float32Array.from({ length: size }, () => 2 * next() - 1);
}

function randomTensor(seed: number, label: string, shape: readonly number[]): tf.Tensor {
  const size = shape.reduce((product, length) => product * length, 1);
  return tf.tensor(randomValues(seed, label, size), [...shape]);
}

interface Comparison {
  /** All elements equal within 1e-4 of the largest. */
  readonly agrees: boolean;
  /** Tensors and heap blocks that the wasm backend did not give back. */
  readonly leaked: number;
}

const AGREEMENT: Comparison = { agrees: true, leaked: 0 };

/** Runs the same operation on the plain backend and on ours. */
async function compare(operation: () => tf.Tensor): Promise<Comparison> {
  await tf.setBackend('cpu');
  const expected = tf.tidy(() => tf.reshape(operation(), [-1])).arraySync() as number[];
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

function outputShape(image: Shape4D, filter: Shape4D, strides: [number, number], pad: 'same' | 'valid'): Shape4D {
  return tf.backend_util.computeConv2DInfo(image, filter, strides, 1, pad).outShape;
}

test('the filter gradient of a convolution agrees with the plain backend', () =>
  fc.assert(
    fc.asyncProperty(convolutions, async ({ image, filter, filters, strides, pad, seed }) => {
      const filterShape: Shape4D = [...filter, image[3], filters];
      const attributes = { strides, pad, dataFormat: 'NHWC', filterShape };
      const comparison = await compare(() => {
        const x = randomTensor(seed, 'x', image);
        const dy = randomTensor(seed, 'dy', outputShape(image, filterShape, strides, pad));
        return tf.engine().runKernel('Conv2DBackpropFilter', { x, dy }, attributes);
      });
      expect(comparison).toEqual(AGREEMENT);
    }),
    settings,
  ));

test('the input gradient of a convolution agrees with the plain backend', () =>
  fc.assert(
    fc.asyncProperty(convolutions, async ({ image, filter, filters, strides, pad, seed }) => {
      const filterShape: Shape4D = [...filter, image[3], filters];
      const attributes = { strides, pad, dataFormat: 'NHWC', inputShape: image };
      const comparison = await compare(() => {
        const dy = randomTensor(seed, 'dy', outputShape(image, filterShape, strides, pad));
        const operands = { dy, filter: randomTensor(seed, 'filter', filterShape) };
        return tf.engine().runKernel('Conv2DBackpropInput', operands, attributes);
      });
      expect(comparison).toEqual(AGREEMENT);
    }),
    settings,
  ));

test('the gradient of a max-pool agrees with the plain backend, overlapping windows and ties too', () =>
  fc.assert(
    fc.asyncProperty(convolutions, fc.boolean(), async ({ image, filter, strides, pad, seed }, ties) => {
      const { outShape } = tf.backend_util.computePool2DInfo(image, filter, strides, 1, pad);
      const attributes = { filterSize: filter, strides, pad };
      const comparison = await compare(() => {
        const values = randomTensor(seed, 'x', image);
        const input = ties ? tf.round(values) : values;
        const dy = randomTensor(seed, 'dy', outShape);
        return tf.engine().runKernel('MaxPoolGrad', { dy, input, output: dy }, attributes);
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
      const comparison = await compare(() => {
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
      const comparison = await compare(() => {
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
  expect(await compare(() => tf.tensor1d([1, 2, calls++ === 0 ? 3 : 3.01]))).toEqual({ agrees: false, leaked: 0 });
  expect((await compare(() => tf.keep(tf.tensor1d([1])))).leaked).toBeGreaterThan(0);
});
