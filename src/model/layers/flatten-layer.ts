import { reshape, type Tensor } from '@tensorflow/tfjs-core';
import type { Layer } from './layer.ts';
import { untrainedGradients } from './untrained-gradients.ts';

/** All numbers of a sample in one row. */
export function createFlattenLayer(shape: readonly number[]): Layer {
  const width = shape.reduce((product, side) => product * side, 1);
  return {
    outputShape: [width],
    parameters: [],
    forward: ([input]) => {
      const x = input as Tensor;
      return {
        output: reshape(x, [-1, width]),
        backward: (gradient) => untrainedGradients(() => [reshape(gradient, x.shape)]),
      };
    },
  };
}
