import { mul, step, type Tensor } from '@tensorflow/tfjs-core';

/** The gradient before a relu, from that after it and the relu's own output; zero where the output is zero. */
export function reluGradient(outputGradient: Tensor, output: Tensor): Tensor {
  return mul(outputGradient, step(output));
}
