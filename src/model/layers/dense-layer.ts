import { fused, matMul, reshape, type Tensor, type Tensor2D } from '@tensorflow/tfjs-core';
import { biasGradient } from './bias-gradient.ts';
import type { Layer } from './layer.ts';
import { reluGradient } from './relu-gradient.ts';

/** Flattens each sample, multiplies with [in, out] weights, adds the bias; then relu, or nothing for the last layer. */
export function createDenseLayer(activation: 'relu' | 'linear'): Layer {
  return {
    forward: (input, { weights, bias }) => {
      const matrix = reshape(input, [input.shape[0] as number, -1]) as Tensor2D;
      const output = fused.matMul({ a: matrix, b: weights as Tensor2D, bias, activation });
      return {
        output,
        parameterGradients: (outputGradient) => {
          const gradient = activation === 'relu' ? reluGradient(outputGradient, output) : outputGradient;
          return {
            weights: matMul(matrix, gradient as Tensor2D, true, false),
            bias: biasGradient(gradient),
            inputGradient: (): Tensor => reshape(matMul(gradient, weights, false, true), input.shape),
          };
        },
      };
    },
  };
}
