import { backend_util, engine, MaxPoolGrad, maxPool, type Tensor, type Tensor4D } from '@tensorflow/tfjs-core';
import type { LayerSpecOf } from '../layer-spec.ts';
import type { ImageShape } from './image-shape.ts';
import type { Layer } from './layer.ts';
import { untrainedGradients } from './untrained-gradients.ts';

/** The largest value of each window, by channel. */
export function createMaxPoolLayer(spec: LayerSpecOf<'max-pool'>, image: ImageShape): Layer {
  const { kernel, strides, padding } = spec;
  const settings = { filterSize: kernel, strides, pad: padding };
  const { outHeight, outWidth } = backend_util.computePool2DInfo([1, ...image], kernel, strides, 1, padding);
  return {
    outputShape: [outHeight, outWidth, image[2]],
    parameters: [],
    forward: ([input]) => {
      const output = maxPool(input as Tensor4D, kernel, strides, padding);
      const inputs = (dy: Tensor) => [
        engine().runKernel<Tensor>(MaxPoolGrad, { dy, input: input as Tensor, output }, settings),
      ];
      return { output, backward: (dy) => untrainedGradients(() => inputs(dy)) };
    },
  };
}
