import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { createWasmEngine } from '../../src/model/wasm-engine.ts';
import { AGREEMENT, compareBackends, randomTensor } from './compare-backends.ts';

type Shape4D = [number, number, number, number];
type Pair = [number, number];

const settings = { seed: 20261126, numRuns: 60 };
const small = (most: number) => fc.integer({ min: 1, max: most });
const pair = (most: number): fc.Arbitrary<Pair> => fc.tuple(small(most), small(most));
const ones = fc.constant<Pair>([1, 1]);

/** Strides or dilations, not both: the two at once cannot be trained in any of the backends. */
const convolutions = fc
  .record({
    image: fc.tuple(small(3), fc.integer({ min: 5, max: 11 }), fc.integer({ min: 5, max: 11 }), small(5)),
    kernel: pair(3),
    filters: small(5),
    pad: fc.constantFrom<('same' | 'valid')[]>('same', 'valid'),
    seed: fc.nat(),
  })
  .chain((base) =>
    fc
      .oneof(
        fc.record({ strides: pair(3), dilations: ones }),
        fc.record({ strides: ones, dilations: fc.tuple(small(2), small(2)) }),
      )
      .map((steps) => ({ ...base, ...steps })),
  );

type Case = typeof convolutions extends fc.Arbitrary<infer T> ? T : never;

beforeAll(async () => {
  await createWasmEngine();
  await import('@tensorflow/tfjs-backend-cpu');
});

/** The plain backend knows no dilations in gradients: there a dilated filter is a larger one, with zeros between its taps. */
function widened([height, width]: Pair, [rows, columns]: Pair): Pair {
  return [(height - 1) * rows + 1, (width - 1) * columns + 1];
}

function widenFilter(filter: tf.Tensor, [rows, columns]: Pair): tf.Tensor {
  const [height, width, channels, filters] = filter.shape as Shape4D;
  const [tall, wide] = widened([height, width], [rows, columns]);
  const spread = tf.buffer([tall, wide, channels, filters]);
  const values = filter.dataSync();
  values.forEach((value, index) => {
    const [h = 0, w = 0, c = 0, f = 0] = tf.util.indexToLoc(index, 4, tf.util.computeStrides([...filter.shape, 1]));
    spread.set(value, h * rows, w * columns, c, f);
  });
  return spread.toTensor();
}

const narrowed = (gradient: tf.Tensor, [rows, columns]: Pair): tf.Tensor =>
  tf.stridedSlice(gradient, [0, 0, 0, 0], gradient.shape, [rows, columns, 1, 1]);

function outputShape({ image, kernel, strides, dilations, pad }: Case, filters: number, depthwise = false): Shape4D {
  const shape: Shape4D = [...kernel, image[3], filters];
  return tf.backend_util.computeConv2DInfo(image, shape, strides, dilations, pad, 'floor', depthwise).outShape;
}

const run = (kernel: string, tensors: Record<string, tf.Tensor>, attributes: object): tf.Tensor =>
  tf.engine().runKernel(kernel, tensors, { dataFormat: 'NHWC', ...attributes });

test.each([
  ['convolution', 'Conv2DBackpropFilter', false],
  ['depthwise convolution', 'DepthwiseConv2dNativeBackpropFilter', true],
])('the filter gradient of a %s agrees with the plain backend', (_, name, depthwise) =>
  fc.assert(
    fc.asyncProperty(convolutions, async (sample) => {
      const { image, kernel, filters, strides, dilations, pad, seed } = sample;
      const operands = () => ({
        x: randomTensor(seed, 'x', image),
        dy: randomTensor(seed, 'dy', outputShape(sample, filters, depthwise)),
      });
      const shapeOf = (size: Pair): Shape4D => [...size, image[3], filters];
      const comparison = await compareBackends(
        () => run(name, operands(), { strides, dilations, pad, filterShape: shapeOf(kernel) }),
        () => {
          const filterShape = shapeOf(widened(kernel, dilations));
          return narrowed(run(name, operands(), { strides, dilations: 1, pad, filterShape }), dilations);
        },
      );
      expect(comparison).toEqual(AGREEMENT);
    }),
    settings,
  ),
);

test.each([
  ['convolution', 'Conv2DBackpropInput', false],
  ['depthwise convolution', 'DepthwiseConv2dNativeBackpropInput', true],
])('the input gradient of a %s agrees with the plain backend', (_, name, depthwise) =>
  fc.assert(
    fc.asyncProperty(convolutions, async (sample) => {
      const { image, kernel, filters, strides, dilations, pad, seed } = sample;
      const dy = () => randomTensor(seed, 'dy', outputShape(sample, filters, depthwise));
      const filter = () => randomTensor(seed, 'filter', [...kernel, image[3], filters]);
      const attributes = { strides, pad, inputShape: image };
      const comparison = await compareBackends(
        () => run(name, { dy: dy(), filter: filter() }, { ...attributes, dilations }),
        () => run(name, { dy: dy(), filter: widenFilter(filter(), dilations) }, { ...attributes, dilations: 1 }),
      );
      expect(comparison).toEqual(AGREEMENT);
    }),
    settings,
  ),
);

test.each([
  ['convolution', false],
  ['depthwise convolution', true],
])('the forward %s agrees with the plain backend', (_, depthwise) =>
  fc.assert(
    fc.asyncProperty(convolutions, async ({ image, kernel, filters, strides, dilations, pad, seed }) => {
      const comparison = await compareBackends(() => {
        const x = randomTensor(seed, 'x', image) as tf.Tensor4D;
        const filter = randomTensor(seed, 'filter', [...kernel, image[3], filters]) as tf.Tensor4D;
        const settled = { x, filter, strides, dilations, pad, activation: 'relu' } as const;
        return depthwise ? tf.fused.depthwiseConv2d(settled) : tf.fused.conv2d(settled);
      });
      expect(comparison).toEqual(AGREEMENT);
    }),
    settings,
  ),
);
