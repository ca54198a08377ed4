import { add, fused, matMul, mul, type Rank, reshape, type Tensor, type Tensor1D } from '@tensorflow/tfjs-core';
import type { LayerSpecOf } from '../layer-spec.ts';
import { biasGradient } from './bias-gradient.ts';
import type { Layer, LayerGradients, ParameterTensor } from './layer.ts';
import { reluGradient } from './relu-gradient.ts';
import { sumOfSquares } from './sum-of-squares.ts';
import { weighSamples } from './weigh-samples.ts';

/** Flattens each sample and multiplies with [in, out] weights, with or without bias and relu. */
export function createDenseLayer(spec: LayerSpecOf<'dense'>, inputShape: readonly number[]): Layer {
  const { units, activation } = spec;
  const width = inputShape.reduce((product, side) => product * side, 1);
  const weightsTensor: ParameterTensor = { name: 'weights', shape: [width, units], initial: 'glorot', trained: true };
  const biasTensor: ParameterTensor = { name: 'bias', shape: [units], initial: 'zeros', trained: true };
  return {
    outputShape: [units],
    parameters: spec.bias ? [weightsTensor, biasTensor] : [weightsTensor],
    forward: ([input], [weights, bias]) => {
      const matrix = reshape<Rank.R2>(input as Tensor, [(input as Tensor).shape[0] ?? 1, -1]);
      const output = fused.matMul({ a: matrix, b: weights as Tensor, ...(bias && { bias }), activation });
      return {
        output,
        backward: (outputGradient) => {
          const gradient = activation === 'relu' ? reluGradient(outputGradient, output) : outputGradient;
          return {
            ...weightGradients(matrix, gradient, spec.bias),
            inputs: () => [reshape(matMul(gradient, weights as Tensor, false, true), (input as Tensor).shape)],
          };
        },
      };
    },
  };
}

/** One sample's weight gradient is the outer product of its input and its gradient, so its norm is the product of theirs. */
function weightGradients(input: Tensor, gradient: Tensor, hasBias: boolean): Omit<LayerGradients, 'inputs'> {
  return {
    parameters: (weights) => {
      const weighed = weighSamples(gradient, weights);
      const product = matMul(input, weighed, true, false);
      return hasBias ? [product, biasGradient(weighed)] : [product];
    },
    squaredNorms: () => {
      const squares = sumOfSquares(gradient);
      const norms = mul(sumOfSquares(input), squares);
      return (hasBias ? add(norms, squares) : norms) as Tensor1D;
    },
  };
}
