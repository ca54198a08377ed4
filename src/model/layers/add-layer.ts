import { addN, type Tensor } from '@tensorflow/tfjs-core';
import type { Layer } from './layer.ts';
import { untrainedGradients } from './untrained-gradients.ts';

/** The sum of inputs of one shape. */
export function createAddLayer(shape: readonly number[]): Layer {
  return {
    outputShape: shape,
    parameters: [],
    forward: (inputs) => ({
      output: addN(inputs as Tensor[]),
      backward: (gradient) => untrainedGradients(() => inputs.map(() => gradient)),
    }),
  };
}
