import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { beforeAll, expect, test } from 'vitest';
import { createSeededRandom } from '../../src/base/seeded-random.ts';
import type { Engine } from '../../src/model/engine.ts';
import { translateLayersModel } from '../../src/model/layers-model/translate-layers-model.ts';
import type { ParameterLayout } from '../../src/model/parameter-layout.ts';
import { createWasmEngine } from '../../src/model/wasm-engine.ts';
import { examplesFor } from './small-training.ts';

let engine: Engine;

beforeAll(async () => {
  engine = await createWasmEngine();
});

function sequential(): tfl.LayersModel {
  const { layers } = tfl;
  return tfl.sequential({
    layers: [
      layers.conv2d({ inputShape: [9, 8, 3], filters: 4, kernelSize: 3, strides: 2, activation: 'elu', name: 'first' }),
      layers.batchNormalization({ epsilon: 0.01 }),
      layers.dropout({ rate: 0.5 }),
      layers.activation({ activation: 'tanh' }),
      layers.flatten(),
      layers.dense({ units: 5, activation: 'sigmoid', useBias: false }),
      layers.dense({ units: 3, activation: 'softmax' }),
    ],
  });
}

function functional(): tfl.LayersModel {
  const { layers } = tfl;
  const input = tfl.input({ shape: [9, 8, 3] });
  const apply = (layer: tfl.layers.Layer, ...inputs: tfl.SymbolicTensor[]) =>
    layer.apply(inputs.length === 1 ? (inputs[0] as tfl.SymbolicTensor) : inputs) as tfl.SymbolicTensor;
  const padded = apply(
    layers.zeroPadding2d({
      padding: [
        [1, 0],
        [0, 2],
      ],
    }),
    input,
  );
  const separable = { filters: 4, kernelSize: 3, padding: 'same', activation: 'relu' } as const;
  const left = apply(layers.separableConv2d(separable), padded);
  const right = apply(
    layers.reLU({ maxValue: 6 }),
    apply(layers.conv2d({ filters: 4, kernelSize: 3, dilationRate: 2, padding: 'same' }), padded),
  );
  const sum = apply(layers.add(), left, right);
  const wide = { kernelSize: 3, padding: 'same', depthMultiplier: 2 } as const;
  const deep = apply(layers.depthwiseConv2d(wide), sum);
  const both = apply(layers.concatenate(), sum, deep);
  const halved = apply(layers.averagePooling2d({ poolSize: 2, padding: 'same' }), both);
  const pooled = apply(layers.maxPooling2d({ poolSize: [2, 1], strides: [1, 1] }), halved);
  const means = apply(layers.globalAveragePooling2d({}), apply(layers.batchNormalization({ scale: false }), pooled));
  return tfl.model({ inputs: input, outputs: apply(layers.dense({ units: 3, activation: 'softmax' }), means) });
}

const sizeOf = (shape: tfl.Shape): number => shape.reduce<number>((product, side) => product * (side ?? 1), 1);

/** Gives every layer seeded weights, and returns them in our layout. */
function seedWeights(model: tfl.LayersModel, { tensors, parameterCount }: ParameterLayout): Float32Array {
  const parameters = new Float32Array(parameterCount);
  for (const layer of model.layers) {
    const { next } = createSeededRandom('weights', layer.name);
    const values = layer.weights.map(({ name, shape }) => {
      const lowest = name.includes('variance') ? 0.1 : -0.5;
      return { shape: shape as number[], data: Array.from({ length: sizeOf(shape) }, () => next() + lowest) };
    });
    layer.setWeights(values.map(({ shape, data }) => tf.tensor(data, shape)));
    const slot = tensors.find(({ name }) => name.startsWith(`${layer.name}.`) || name.startsWith(`${layer.name}/`));
    if (slot !== undefined)
      parameters.set(
        values.flatMap(({ data }) => data),
        slot.offset,
      );
  }
  return parameters;
}

const exported = (model: tfl.LayersModel): unknown => JSON.parse(JSON.stringify(model.toJSON(null, false)));

test.each([
  ['sequential', sequential],
  ['functional', functional],
])('a %s model computes the same as in tfjs-layers', (_, build) => {
  const theirs = build();
  const ours = engine.createModel(translateLayersModel({ modelTopology: exported(theirs), weightsManifest: [] }));
  expect(ours.layout.parameterCount).toBe(theirs.countParams());
  const parameters = seedWeights(theirs, ours.layout);
  const examples = examplesFor(ours.architecture, 6);
  const expected = (theirs.predict(tf.tensor(examples.inputs, [6, 9, 8, 3])) as tf.Tensor).dataSync();
  const { probabilities } = ours.evaluate(parameters, examples);
  for (const [index, value] of probabilities.entries()) expect(value).toBeCloseTo(expected[index] as number, 5);
  const other = ours.evaluate(
    parameters.map((value, index) => value + (index % 3 === 0 ? 0.3 : 0)),
    examples,
  ).probabilities;
  expect(other.some((value, index) => Math.abs(value - (expected[index] as number)) > 1e-4)).toBe(true);
});

const layer = (className: string, config: object) => ({ class_name: className, config });
const input = { batch_input_shape: [null, 8, 8, 1] };
const dense = layer('Dense', { units: 3 });
const image = layer('Conv2D', { filters: 2, kernel_size: [3, 3], ...input });

test.each([
  ['a layer that we do not have', [layer('LSTM', { units: 3, batch_input_shape: [null, 8] })]],
  ['a layer named like a part of every object', [layer('constructor', { batch_input_shape: [null, 8] }), dense]],
  [
    'channels first',
    [layer('Conv2D', { ...image.config, data_format: 'channels_first' }), layer('Flatten', {}), dense],
  ],
  ['groups', [layer('Conv2D', { ...image.config, groups: 2 }), layer('Flatten', {}), dense]],
  ['normalisation along another axis', [image, layer('BatchNormalization', { axis: 1 }), layer('Flatten', {}), dense]],
  ['a dense layer on an image', [image, dense]],
  ['a softmax inside', [layer('Dense', { units: 3, activation: 'softmax', batch_input_shape: [null, 8] }), dense]],
  ['one output', [layer('Dense', { units: 1, batch_input_shape: [null, 8] })]],
  ['an image at the end', [image]],
  ['no input shape', [dense]],
  ['an input that is too large', [layer('Flatten', { batch_input_shape: [null, 9999, 9999, 1] }), dense]],
  ['a window that is no number', [layer('Conv2D', { ...image.config, kernel_size: 'large' })]],
  ['no layers', []],
])('refuses %s', (_, layers) => {
  const document = { class_name: 'Sequential', config: { layers } };
  const refused = expect.objectContaining({ code: 'model/untranslatable' });
  expect(() => translateLayersModel(document)).toThrow(refused);
});

const node = (className: string, name: string, inputs: string[], config: object = {}) => ({
  class_name: className,
  config: { name, ...config },
  inbound_nodes: inputs.length === 0 ? [] : [inputs.map((source) => [source, 0, 0, {}])],
});
const start = node('InputLayer', 'in', [], { batch_input_shape: [null, 4] });
const end = (...inputs: string[]) => node('Dense', 'out', inputs, { units: 3 });
const twice = { ...end('in'), inbound_nodes: [[['in', 0, 0]], [['in', 0, 0]]] };

test.each([
  ['a circle', [start, node('Dense', 'a', ['b']), node('Dense', 'b', ['a']), end('b')]],
  ['a layer that is used twice', [start, twice]],
  ['a second input', [start, node('InputLayer', 'other', [], { batch_input_shape: [null, 4] }), end('in')]],
  [
    'the input joined with a layer',
    [start, node('Dense', 'a', ['in'], { units: 4 }), node('Add', 'sum', ['in', 'a']), end('sum')],
  ],
  ['a layer without an input', [start, node('Dense', 'a', [], { units: 4 }), end('a')]],
  ['an output that is no layer', [start, node('Dense', 'a', ['in'], { units: 3 })]],
])('refuses %s in a graph', (_, layers) => {
  const ends = { input_layers: [['in', 0, 0]], output_layers: [['out', 0, 0]] };
  const document = { class_name: 'Functional', config: { layers, ...ends } };
  const refused = expect.objectContaining({ code: 'model/untranslatable' });
  expect(() => translateLayersModel(document)).toThrow(refused);
});

test('a graph whose layers are listed in any order is the same network', () => {
  const layers = [start, node('Dense', 'a', ['in'], { units: 4 }), end('a')];
  const ends = { input_layers: [['in', 0, 0]], output_layers: [['out', 0, 0]] };
  const translate = (each: object[]) =>
    translateLayersModel({ class_name: 'Model', config: { layers: each, ...ends } });
  expect(translate(layers.toReversed())).toEqual(translate(layers));
});
