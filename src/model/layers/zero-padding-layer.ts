import { pad, slice, type Tensor4D } from '@tensorflow/tfjs-core';
import type { LayerSpecOf } from '../layer-spec.ts';
import type { ImageShape } from './image-shape.ts';
import type { Layer } from './layer.ts';
import { untrainedGradients } from './untrained-gradients.ts';

/** Rows and columns of zeros around an image. */
export function createZeroPaddingLayer(
  { rows, columns }: LayerSpecOf<'zero-padding'>,
  [height, width, channels]: ImageShape,
): Layer {
  const margins: [number, number][] = [[0, 0], rows, columns, [0, 0]];
  return {
    outputShape: [height + rows[0] + rows[1], width + columns[0] + columns[1], channels],
    parameters: [],
    forward: ([input]) => {
      const x = input as Tensor4D;
      return {
        output: pad(x, margins),
        backward: (gradient) =>
          untrainedGradients(() => [slice(gradient as Tensor4D, [0, rows[0], columns[0], 0], x.shape)]),
      };
    },
  };
}
