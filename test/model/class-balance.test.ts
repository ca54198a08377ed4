import { expect, test } from 'vitest';
import { classBalanceOf } from '../../src/model/class-balance.ts';

const examples = {
  inputs: new Float32Array(4),
  labels: Uint8Array.of(0, 0, 0, 2),
  samples: 4,
  inputShape: [1],
  classes: 3,
};

test('without balance every class weighs 1', () => {
  expect(classBalanceOf(examples, 'none')).toEqual({
    weights: Float32Array.of(1, 1, 1),
    priors: Float32Array.of(1, 1, 1),
  });
});

test('balanced weights have mean 1 over the samples and skip an absent class', () => {
  const { weights } = classBalanceOf(examples, 'balanced');
  expect([...weights]).toEqual([Math.fround(4 / 6), 0, 2]);
  const mean = [...examples.labels].reduce((sum, label) => sum + (weights[label] as number) / 4, 0);
  expect(mean).toBeCloseTo(1, 6);
});

test('calibration takes the shares of the classes as priors, and a class that is not there for rare', () => {
  expect([...classBalanceOf(examples, 'calibrated').priors]).toEqual([0.75, Math.fround(0.005 / 3), 0.25]);
});
