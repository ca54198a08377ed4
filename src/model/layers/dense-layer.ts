import { fused, matMul, type Rank, reshape, type Tensor } from '@tensorflow/tfjs-core';
import { biasGradient } from './bias-gradient.ts';
import type { Layer } from './layer.ts';
import { reluGradient } from './relu-gradient.ts';

/** Flattens each sample, multiplies with [in, out] weights, adds the bias; then relu, or nothing for the last layer. */
export function createDenseLayer(activation: 'relu' | 'linear'): Layer {
  return {
    forward: (input, { weights, bias }) => {
      const matrix = reshape<Rank.R2>(input, [input.shape[0] ?? 1, -1]);
      const output = fused.matMul({ a: matrix, b: weights, bias, activation });
      return {
        output,
        parameterGradients: (outputGradient) => {
          const gradient = activation === 'relu' ? reluGradient(outputGradient, output) : outputGradient;
          return {
            weights: matMul(matrix, gradient, true, false),
            bias: biasGradient(gradient),
            inputGradient: (): Tensor => reshape(matMul(gradient, weights, false, true), input.shape),
          };
        },
      };
    },
  };
}
