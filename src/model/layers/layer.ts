import type { Tensor } from '@tensorflow/tfjs-core';

/**
 * One layer of a network, with its derivative written out: tfjs-core carries no gradients in Node, and a layer that knows
 * its own derivative can use fused kernels forward and skip what it does not need backward.
 */
export interface Layer {
  forward(input: Tensor, parameters: LayerParameters): LayerPass;
}

/** Weights (or filter bank) and bias. */
export interface LayerParameters {
  readonly weights: Tensor;
  readonly bias: Tensor;
}

/** A layer's output, and the way back. */
export interface LayerPass {
  readonly output: Tensor;
  /** Gradients with respect to the parameters, given that with respect to the output. */
  parameterGradients(outputGradient: Tensor): LayerGradients;
}

/** Gradients of the parameters; that of the input only when asked for, since the first layer needs none. */
export interface LayerGradients {
  readonly weights: Tensor;
  readonly bias: Tensor;
  inputGradient(): Tensor;
}
