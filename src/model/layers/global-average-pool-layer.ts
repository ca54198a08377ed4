import { fill, mean, mul, reshape, type Tensor } from '@tensorflow/tfjs-core';
import type { ImageShape } from './image-shape.ts';
import type { Layer } from './layer.ts';
import { untrainedGradients } from './untrained-gradients.ts';

/** The mean over all pixels, by channel. */
export function createGlobalAveragePoolLayer([height, width, channels]: ImageShape): Layer {
  const share = 1 / (height * width);
  return {
    outputShape: [channels],
    parameters: [],
    forward: ([input]) => {
      const samples = input?.shape[0] ?? 1;
      const spread = (gradient: Tensor) =>
        mul(reshape(gradient, [samples, 1, 1, channels]), fill([samples, height, width, channels], share));
      return {
        output: mean(input as Tensor, [1, 2]),
        backward: (gradient) => untrainedGradients(() => [spread(gradient)]),
      };
    },
  };
}
