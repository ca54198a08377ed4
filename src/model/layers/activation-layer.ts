import { add, elu, minimum, mul, relu, relu6, sigmoid, step, sub, type Tensor, tanh } from '@tensorflow/tfjs-core';
import type { LayerSpecOf } from '../layer-spec.ts';
import type { Layer } from './layer.ts';
import { untrainedGradients } from './untrained-gradients.ts';

type Function = LayerSpecOf<'activation'>['of'];

interface Activation {
  compute(input: Tensor): Tensor;
  /** The derivative, told from the output. */
  slope(output: Tensor): Tensor;
}

const ACTIVATIONS: Readonly<Record<Function, Activation>> = {
  relu: { compute: relu, slope: step },
  relu6: { compute: relu6, slope: (output) => mul(step(output), step(sub(6, output))) },
  elu: { compute: elu, slope: (output) => add(minimum(output, 0), 1) },
  sigmoid: { compute: sigmoid, slope: (output) => mul(output, sub(1, output)) },
  tanh: { compute: tanh, slope: (output) => sub(1, mul(output, output)) },
};

/** A function of each number by itself. */
export function createActivationLayer({ of }: LayerSpecOf<'activation'>, shape: readonly number[]): Layer {
  const { compute, slope } = ACTIVATIONS[of];
  return {
    outputShape: shape,
    parameters: [],
    forward: ([input]) => {
      const output = compute(input as Tensor);
      return { output, backward: (gradient) => untrainedGradients(() => [mul(gradient, slope(output))]) };
    },
  };
}
