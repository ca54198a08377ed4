import {
  add,
  type backend_util,
  matMul,
  mul,
  reshape,
  sum,
  type Tensor,
  type Tensor1D,
  type Tensor3D,
} from '@tensorflow/tfjs-core';
import { sumOfSquares } from './sum-of-squares.ts';
import { unfoldImage } from './unfold-image.ts';

/**
 * For each sample, the squared norm of its gradient with respect to filter and bias. With the input unfolded to one row a
 * pixel the filter gradient is a product of two matrices: its norm comes from that product, or, where there are fewer
 * pixels than weights, from the two matrices' products with themselves, which never makes the gradient.
 *
 * Source: Bu, Mao and Xu, Scalable and efficient training of large convolutional neural networks with differential
 * privacy, 2022, section 4 (the choice between the two for each layer).
 */
export function convolutionNorms(
  input: Tensor,
  gradient: Tensor,
  info: backend_util.Conv2DInfo,
  hasBias: boolean,
): Tensor1D {
  const samples = input.shape[0] ?? 1;
  const pixels = info.outHeight * info.outWidth;
  const rows = reshape(unfoldImage(input, info), [samples, pixels, -1]) as Tensor3D;
  const slopes = reshape(gradient, [samples, pixels, -1]) as Tensor3D;
  const weights = (rows.shape[2] ?? 1) * (slopes.shape[2] ?? 1);
  const norms =
    2 * pixels * pixels < weights
      ? sum(mul(matMul(rows, rows, false, true), matMul(slopes, slopes, false, true)), [1, 2])
      : sumOfSquares(matMul(rows, slopes, true, false));
  return (hasBias ? add(norms, sumOfSquares(sum(slopes, 1))) : norms) as Tensor1D;
}
