import {
  add,
  addN,
  type backend_util,
  mul,
  reshape,
  square,
  sum,
  type Tensor,
  type Tensor1D,
} from '@tensorflow/tfjs-core';
import { sumOfSquares } from './sum-of-squares.ts';
import { tapsOf } from './unfold-image.ts';

/**
 * For each sample, the squared norm of its gradient with respect to filter and bias: tap by tap, the sum over the pixels
 * of input times gradient is that tap's part of the gradient.
 */
export function depthwiseNorms(
  input: Tensor,
  gradient: Tensor,
  info: backend_util.Conv2DInfo,
  hasBias: boolean,
): Tensor1D {
  const samples = input.shape[0] ?? 1;
  const pixels = info.outHeight * info.outWidth;
  const multiplier = info.outChannels / info.inChannels;
  const slopes = reshape(gradient, [samples, pixels, info.inChannels, multiplier]);
  const squares = tapsOf(input, info).map((tap) => {
    const values = reshape(tap, [samples, pixels, info.inChannels, 1]);
    return sum(square(sum(mul(values, slopes), 1)), [1, 2]);
  });
  const norms = addN(squares);
  return (hasBias ? add(norms, sumOfSquares(sum(slopes, 1))) : norms) as Tensor1D;
}
