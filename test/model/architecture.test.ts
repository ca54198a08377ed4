import { expect, test } from 'vitest';
import { type Architecture, architectureSchema } from '../../src/model/architecture.ts';
import { IMAGE_WINDOW } from '../../src/model/blueprints/blueprint-builder.ts';
import { layoutOf } from '../../src/model/parameter-layout.ts';

const cnn = (changes: object = {}): Architecture =>
  architectureSchema.parse({
    kind: 'cnn',
    height: 28,
    width: 28,
    channels: 1,
    filters: [16, 32],
    padding: 'valid',
    dense: 64,
    classes: 10,
    ...changes,
  });

test('a layout has every tensor after the one before, without gaps', () => {
  for (const architecture of [
    cnn(),
    cnn({ channels: 3, padding: 'same' }),
    cnn({ height: 8, width: 8, filters: [4] }),
  ]) {
    const { tensors, parameterCount } = layoutOf(architecture);
    let next = 0;
    for (const { offset, size, shape } of tensors) {
      expect(offset).toBe(next);
      expect(size).toBe(shape.reduce((product, side) => product * side, 1));
      next += size;
    }
    expect(parameterCount).toBe(next);
  }
});

test('the layout of a convolutional network follows its stages', () => {
  expect(layoutOf(cnn()).tensors.map(({ name, shape }) => `${name} ${shape.join('x')}`)).toEqual([
    'conv1.filter 3x3x1x16',
    'conv1.bias 16',
    'conv2.filter 3x3x16x32',
    'conv2.bias 32',
    'dense1.weights 800x64',
    'dense1.bias 64',
    'dense2.weights 64x10',
    'dense2.bias 10',
  ]);
  expect(layoutOf(cnn({ padding: 'same' })).tensors[4]?.shape).toEqual([7 * 7 * 32, 64]);
});

test('a perceptron without hidden layers is one matrix and one bias', () => {
  const layout = layoutOf({ kind: 'mlp', inputs: 30, hidden: [], classes: 2 });
  expect(layout.parameterCount).toBe(62);
  expect(layout.tensors).toHaveLength(2);
});

test.each([
  [
    'resnet',
    { kind: 'resnet', stages: [16, 32, 64], blocks: 3, normalization: 'batch' },
    208 + 14_208 + 52_096 + 206_592 + 650,
  ],
  [
    'depthwise',
    { kind: 'depthwise', stages: [16, 32, 64], blocks: 2, normalization: 'batch', dropout: 0 },
    208 + 1_056 + 2_416 + 7_904 + 650,
  ],
] as const)('parameters are counted: %s', (_, shape, parameterCount) => {
  const architecture = architectureSchema.parse({ height: 28, width: 28, channels: 1, classes: 10, ...shape });
  expect(layoutOf(architecture).parameterCount).toBe(parameterCount);
});

test('a network of layers is refused that is no graph', () => {
  const node = { name: 'a', spec: { kind: 'dense', units: 3, activation: 'linear', bias: true }, inputs: [] };
  const refuses = (nodes: unknown[], classes = 3): boolean =>
    !architectureSchema.safeParse({ kind: 'layers', inputShape: [4], nodes, classes }).success;
  expect(refuses([node])).toBe(false);
  expect(refuses([node, { ...node, inputs: [0] }])).toBe(true);
  expect(refuses([node, { ...node, name: 'b', inputs: [1] }])).toBe(true);
  expect(refuses([node, { ...node, name: 'b' }])).toBe(true);
  expect(refuses([{ ...node, name: 'a b' }])).toBe(true);
  expect(refuses([])).toBe(true);
});

test.each([
  ['the last layer gives another number than classes', { classes: 4 }],
  ['an image layer gets features', { inputShape: [4] }],
  ['strides and dilations at once', { spec: { strides: [2, 2], dilations: [2, 2] } }],
])('a network of layers is refused: %s', (_, changes) => {
  const { classes, inputShape, spec } = { classes: 3, inputShape: [9, 9, 1], spec: {}, ...changes };
  const pool = { kind: 'convolution', filters: 2, ...IMAGE_WINDOW, activation: 'relu', bias: true, ...spec };
  const dense = { kind: 'dense', units: 3, activation: 'linear', bias: true };
  const nodes = [
    { name: 'a', spec: pool, inputs: [] },
    { name: 'b', spec: dense, inputs: [0] },
  ];
  const architecture = architectureSchema.parse({ kind: 'layers', inputShape, nodes, classes });
  expect(() => layoutOf(architecture)).toThrow(expect.objectContaining({ code: 'model/invalid-architecture' }));
});

test('an image that shrinks to nothing is refused', () => {
  expect(() => layoutOf(cnn({ height: 8, width: 8, filters: [4, 4, 4] }))).toThrow(
    expect.objectContaining({ code: 'model/invalid-architecture' }),
  );
});

test('an architecture with too many parameters is refused', () => {
  const huge: Architecture = { kind: 'mlp', inputs: 2 ** 20, hidden: [8192], classes: 2 };
  expect(() => layoutOf(huge)).toThrow(expect.objectContaining({ code: 'model/invalid-architecture' }));
});

test.each([
  ['an unknown key', { dropout: 0.5 }],
  ['no filters', { filters: [] }],
  ['a fraction', { dense: 1.5 }],
  ['one class', { classes: 1 }],
  ['more classes than labels can name', { classes: 257 }],
  ['another kind', { kind: 'transformer' }],
])('the schema refuses %s', (_, changes) => {
  expect(architectureSchema.safeParse({ ...cnn(), ...changes }).success).toBe(false);
});
