import { reshape, square, sum, type Tensor, type Tensor1D } from '@tensorflow/tfjs-core';

/** For each sample, the sum of squares of all that belongs to it; samples come first in `values`. */
export function sumOfSquares(values: Tensor): Tensor1D {
  return sum(reshape(square(values), [values.shape[0] ?? 1, -1]), 1);
}
