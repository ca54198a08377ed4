import { memory } from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import type { Architecture } from '../../src/model/architecture.ts';
import { type Batch, gatherBatch } from '../../src/model/batch.ts';
import { noClassBalance } from '../../src/model/class-balance.ts';
import { initialParameters } from '../../src/model/initial-parameters.ts';
import { createNetwork } from '../../src/model/network.ts';
import { layoutOf } from '../../src/model/parameter-layout.ts';
import { createWasmEngine } from '../../src/model/wasm-engine.ts';
import { cnn, depthwise, examplesFor, layers, mlp, resnet } from './small-training.ts';

/** So many filters on so few pixels that the norms come from the smaller products. */
const wide: Architecture = { ...cnn, filters: [4, 40] } as Architecture;

beforeAll(async () => {
  await createWasmEngine();
});

const normOf = (vector: Float32Array): number => Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0));

/** One gradient a sample, by itself; what the fast way must agree with. */
function oneByOne(architecture: Architecture, parameters: Float32Array, batch: Batch): Float32Array[] {
  const network = createNetwork(architecture, layoutOf(architecture));
  const width = batch.inputs.length / batch.samples;
  return Array.from(batch.labels, (label, sample) => {
    const inputs = batch.inputs.subarray(sample * width, (sample + 1) * width);
    const alone: Batch = { samples: 1, inputs, labels: Uint8Array.of(label) };
    return network.differentiate(parameters, alone, noClassBalance(3), null).gradient;
  });
}

function largestDifference(a: Float32Array, b: Float32Array): number {
  return a.reduce((most, value, index) => Math.max(most, Math.abs(value - (b[index] as number))), 0);
}

test.each([
  ['dense layers', mlp],
  ['convolutions', cnn],
  ['residual blocks', { ...resnet, normalization: 'none' } as Architecture],
  ['depthwise convolutions', { ...depthwise, normalization: 'none' } as Architecture],
  ['dilations, several filters a channel, no bias', layers],
  ['convolutions with more weights than pixels', wide],
])('the clipped sum is that of a loop over single samples: %s', (_, architecture) => {
  const parameters = initialParameters(architecture, 'clip');
  const batch = gatherBatch(examplesFor(architecture), [0, 4, 8, 9, 13, 20, 29]);
  const gradients = oneByOne(architecture, parameters, batch);
  const norms = Float32Array.from(gradients, normOf);
  const clipNorm = norms.toSorted()[3] as number;
  const expected = new Float32Array(parameters.length);
  gradients.forEach((gradient, sample) => {
    const scale = Math.min(1, clipNorm / (norms[sample] as number));
    gradient.forEach((value, index) => {
      expected[index] = (expected[index] as number) + scale * value;
    });
  });
  const before = memory().numTensors;
  const sum = createNetwork(architecture, layoutOf(architecture)).clippedGradientSum(parameters, batch, clipNorm);
  expect(memory().numTensors).toBe(before);
  expect(largestDifference(sum.norms, norms)).toBeLessThan(1e-4 * Math.max(...norms));
  expect(largestDifference(sum.gradient, expected)).toBeLessThan(1e-3 * clipNorm);
  expect(sum.logProbabilities).toHaveLength(7 * 3);
});

test('one sample never moves the sum by more than the bound', () => {
  const parameters = initialParameters(cnn, 'clip');
  const network = createNetwork(cnn, layoutOf(cnn));
  for (let sample = 0; sample < 10; sample++) {
    const batch = gatherBatch(examplesFor(cnn), [sample]);
    const { gradient, norms } = network.clippedGradientSum(parameters, batch, 0.01);
    expect(norms[0]).toBeGreaterThan(0.01);
    expect(normOf(gradient)).toBeLessThanOrEqual(0.01);
    expect(normOf(gradient)).toBeGreaterThan(0.00999);
  }
});

test('control: a bound that no sample reaches changes nothing', () => {
  const parameters = initialParameters(cnn, 'clip');
  const network = createNetwork(cnn, layoutOf(cnn));
  const batch = gatherBatch(examplesFor(cnn), [0, 1, 2, 3]);
  const { gradient } = network.clippedGradientSum(parameters, batch, 1e6);
  const mean = network.differentiate(parameters, batch, noClassBalance(3), null).gradient;
  expect(
    largestDifference(
      gradient,
      mean.map((value) => 4 * value),
    ),
  ).toBeLessThan(1e-5);
});

test('a layer that mixes samples is refused', () => {
  const network = createNetwork(resnet, layoutOf(resnet));
  const batch = gatherBatch(examplesFor(resnet), [0, 1, 2]);
  expect(() => network.clippedGradientSum(initialParameters(resnet, 'clip'), batch, 1)).toThrow(
    expect.objectContaining({ code: 'model/samples-mixed' }),
  );
});
