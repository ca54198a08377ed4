import { mul, reshape, type Tensor, type Tensor1D } from '@tensorflow/tfjs-core';

/** Multiplies everything of a sample with its weight; samples come first in `values`. */
export function weighSamples(values: Tensor, weights: Tensor1D | undefined): Tensor {
  if (weights === undefined) return values;
  return mul(values, reshape(weights, [weights.size, ...values.shape.slice(1).map(() => 1)]));
}
