import { matMul, ones, reshape, type Tensor, type Tensor2D } from '@tensorflow/tfjs-core';

/** Sums over all axes but the last, as a product with ones: XNNPACK's path, where `sum` would transpose first. */
export function biasGradient(outputGradient: Tensor): Tensor {
  const width = outputGradient.shape.at(-1) as number;
  const rows = outputGradient.size / width;
  const matrix = reshape(outputGradient, [rows, width]) as Tensor2D;
  return reshape(matMul(ones([1, rows]) as Tensor2D, matrix), [width]);
}
