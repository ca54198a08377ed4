import { matMul, ones, type Rank, reshape, type Tensor } from '@tensorflow/tfjs-core';

/** Sums over all axes but the last, as a product with ones: XNNPACK's path, where `sum` would transpose first. */
export function biasGradient(outputGradient: Tensor): Tensor {
  const width = outputGradient.shape.at(-1) as number;
  const rows = outputGradient.size / width;
  const matrix = reshape<Rank.R2>(outputGradient, [rows, width]);
  return reshape(matMul(ones<Rank.R2>([1, rows]), matrix), [width]);
}
