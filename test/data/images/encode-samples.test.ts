import { decode } from 'fast-png';
import { expect, test } from 'vitest';
import type { Dataset } from '../../../src/data/dataset.ts';
import { encodeSamples } from '../../../src/data/images/encode-samples.ts';

function images(inputs: readonly number[], inputShape: readonly number[], scale: number): Dataset {
  const samples = inputs.length / inputShape.reduce((a, b) => a * b, 1);
  return {
    inputs: Float32Array.from(inputs),
    labels: new Uint8Array(samples),
    samples,
    inputShape,
    classes: 2,
    classNames: ['a', 'b'],
    inputScaling: { offset: [0.5], scale: [scale] },
  };
}

const pixelsOf = (png: Uint8Array | undefined): number[] => [...decode(png ?? new Uint8Array()).data];

test('samples become images whose brightness compares over the whole data set', () => {
  const [second] = encodeSamples(images([-1, 0, 0, 1], [1, 2, 1], 2), [1]);
  expect(pixelsOf(second)).toEqual([128, 255]);
});

test('black stays black where inputs were turned around', () => {
  const [first] = encodeSamples(images([1, -1], [1, 2, 1], -2), [0]);
  expect(pixelsOf(first)).toEqual([0, 255]);
});

test('colours keep their order, and one brightness everywhere is black', () => {
  const [colour] = encodeSamples(images([0, 0.5, 1], [1, 1, 3], 1), [0]);
  expect(pixelsOf(colour)).toEqual([0, 128, 255]);
  expect(pixelsOf(encodeSamples(images([3, 3], [1, 2, 1], 1), [0])[0])).toEqual([0, 0]);
});
