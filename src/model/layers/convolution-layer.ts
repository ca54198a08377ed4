import {
  Conv2DBackpropFilter,
  Conv2DBackpropInput,
  engine,
  fused,
  MaxPoolGrad,
  maxPool,
  type Tensor,
  type Tensor4D,
} from '@tensorflow/tfjs-core';
import { biasGradient } from './bias-gradient.ts';
import type { Layer } from './layer.ts';
import { reluGradient } from './relu-gradient.ts';

const POOL = { filterSize: 2, strides: 2, pad: 'valid' } as const;

/** A 3 × 3 convolution with stride 1, bias and relu, then a 2 × 2 max-pool that drops an odd last row or column. */
export function createConvolutionLayer(pad: 'same' | 'valid'): Layer {
  const convolution = { strides: 1, pad, dataFormat: 'NHWC' } as const;
  return {
    forward: (x, { weights: filter, bias }) => {
      const operands = { x: x as Tensor4D, filter: filter as Tensor4D, bias };
      const activated = fused.conv2d({ ...operands, ...convolution, activation: 'relu' });
      const output = maxPool(activated, POOL.filterSize, POOL.strides, POOL.pad);
      const parameterGradients = (outputGradient: Tensor) => {
        // The relu is undone after the pool, where there is a quarter of the pixels: a pooled zero came from zeros.
        const pooled = { dy: reluGradient(outputGradient, output), input: activated, output };
        const dy = engine().runKernel<Tensor>(MaxPoolGrad, pooled, POOL);
        const filterSettings = { ...convolution, filterShape: filter.shape };
        return {
          weights: engine().runKernel<Tensor>(Conv2DBackpropFilter, { x, dy }, filterSettings),
          bias: biasGradient(dy),
          inputGradient: () =>
            engine().runKernel<Tensor>(Conv2DBackpropInput, { dy, filter }, { ...convolution, inputShape: x.shape }),
        };
      };
      return { output, parameterGradients };
    },
  };
}
