import {
  AvgPoolGrad,
  avgPool,
  backend_util,
  engine,
  mul,
  pad,
  slice,
  type Tensor,
  type Tensor4D,
  tensor4d,
} from '@tensorflow/tfjs-core';
import type { LayerSpecOf } from '../layer-spec.ts';
import type { ImageShape } from './image-shape.ts';
import type { Layer } from './layer.ts';
import { untrainedGradients } from './untrained-gradients.ts';

/**
 * The mean of each window, by channel; what was padded does not count. The margin is made by hand, since the backends
 * agree on such a mean but not on its gradient.
 */
export function createAveragePoolLayer(spec: LayerSpecOf<'average-pool'>, image: ImageShape): Layer {
  const { kernel, strides, padding } = spec;
  const settings = { filterSize: kernel, strides, pad: 'valid' };
  const info = backend_util.computePool2DInfo([1, ...image], kernel, strides, 1, padding);
  const { outHeight, outWidth, padInfo } = info;
  const margins: [number, number][] = [
    [0, 0],
    [padInfo.top, padInfo.bottom],
    [padInfo.left, padInfo.right],
    [0, 0],
  ];
  const shares = sharesOf(info);
  return {
    outputShape: [outHeight, outWidth, image[2]],
    parameters: [],
    forward: ([input]) => {
      const x = input as Tensor4D;
      const padded = pad(x, margins);
      const share = tensor4d(shares, [1, outHeight, outWidth, 1]);
      const inputs = (gradient: Tensor): Tensor[] => {
        const operands = { dy: mul(gradient, share), input: padded };
        const wide = engine().runKernel<Tensor4D>(AvgPoolGrad, operands, settings);
        return [slice(wide, [0, padInfo.top, padInfo.left, 0], x.shape)];
      };
      return {
        output: mul(avgPool(padded, kernel, strides, 'valid'), share),
        backward: (gradient) => untrainedGradients(() => inputs(gradient)),
      };
    },
  };
}

/** For each output pixel, by how much its window is larger than the part of it that lies on the image. */
function sharesOf(info: backend_util.Conv2DInfo): Float32Array {
  const { padInfo } = info;
  const rows = axisShares(info.outHeight, info.strideHeight, [info.filterHeight, padInfo.top, info.inHeight]);
  const columns = axisShares(info.outWidth, info.strideWidth, [info.filterWidth, padInfo.left, info.inWidth]);
  return Float32Array.from(rows.flatMap((row) => columns.map((column) => row * column)));
}

function axisShares(outputs: number, stride: number, [filter, before, length]: [number, number, number]): number[] {
  return Array.from({ length: outputs }, (_, output) => {
    const start = output * stride - before;
    return filter / (Math.min(start + filter, length) - Math.max(start, 0));
  });
}
