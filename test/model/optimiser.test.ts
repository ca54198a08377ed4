import { expect, test } from 'vitest';
import { createOptimiser } from '../../src/model/optimiser.ts';
import type { TrainingOptions } from '../../src/model/training-options.ts';

const options: TrainingOptions = {
  optimiser: 'sgd',
  learningRate: 0.5,
  momentum: 0.5,
  weightDecay: 0,
  batchSize: 1,
  localEpochs: 1,
  classWeights: 'none',
};

test('gradient descent keeps half of its last step', () => {
  const parameters = Float32Array.of(1, -2);
  const step = createOptimiser(options, 2);
  step(parameters, Float32Array.of(1, -1));
  expect([...parameters]).toEqual([0.5, -1.5]);
  step(parameters, Float32Array.of(0, 0));
  expect([...parameters]).toEqual([0.25, -1.25]);
});

test('weight decay shrinks parameters where the gradient is zero', () => {
  const parameters = Float32Array.of(4, -4);
  createOptimiser({ ...options, weightDecay: 0.25 }, 2)(parameters, Float32Array.of(0, 0));
  expect([...parameters]).toEqual([3.5, -3.5]);
});

test('the first step of adam is the learning rate against the sign of the gradient', () => {
  const parameters = Float32Array.of(0, 0, 0);
  createOptimiser({ ...options, optimiser: 'adam', learningRate: 0.01 }, 3)(parameters, Float32Array.of(5, -0.001, 0));
  expect(parameters[0]).toBeCloseTo(-0.01, 6);
  expect(parameters[1]).toBeCloseTo(0.01, 4);
  expect(parameters[2]).toBe(0);
});

test('adam agrees with its published recurrence over three steps', () => {
  const gradients = [0.3, -0.1, 0.7];
  const parameters = Float32Array.of(1);
  const step = createOptimiser({ ...options, optimiser: 'adam', learningRate: 0.1 }, 1);
  let [expected, mean, square] = [1, 0, 0];
  for (const [index, gradient] of gradients.entries()) {
    step(parameters, Float32Array.of(gradient));
    mean = 0.9 * mean + 0.1 * gradient;
    square = 0.999 * square + 0.001 * gradient * gradient;
    const corrected = Math.sqrt(square / (1 - 0.999 ** (index + 1)));
    expected -= (0.1 * (mean / (1 - 0.9 ** (index + 1)))) / corrected;
  }
  expect(parameters[0]).toBeCloseTo(expected, 4);
});
