import type { Tensor, Tensor1D } from '@tensorflow/tfjs-core';
import type { SeededRandom } from '../../base/seeded-random.ts';

/**
 * One layer of a network, with its derivative written out: tfjs-core carries no gradients in Node, and a layer that knows
 * its own derivative can use fused kernels forward, skip what it does not need backward, and tell the norm of each
 * sample's gradient without computing the gradient.
 */
export interface Layer {
  /** Shape of its output for one sample. */
  readonly outputShape: readonly number[];
  readonly parameters: readonly ParameterTensor[];
  /** Why one sample's output depends on the other samples of its batch; undefined where it does not. */
  readonly mixesSamples?: string;
  /**
   * @param inputs samples first
   * @param parameters one tensor for each of `parameters`
   * @param training null outside of training: no dropout, and recorded averages instead of the batch's own
   */
  forward(inputs: readonly Tensor[], parameters: readonly Tensor[], training: TrainingPass | null): LayerPass;
}

/** One tensor among a layer's parameters. */
export interface ParameterTensor {
  /** `weights`, `filter`, `bias`, …; unique within a layer. */
  readonly name: string;
  /** Filters are [height, width, in, out], weights [in, out], biases [out]. */
  readonly shape: readonly number[];
  /** What a model starts with; `glorot` is uniform within the Glorot limit. */
  readonly initial: 'glorot' | 'zeros' | 'ones';
  /** False for a recorded average, which a training pass replaces and no gradient moves. */
  readonly trained: boolean;
}

/** What a pass needs only while training. */
export interface TrainingPass {
  /** Fixes what this pass drops out. */
  readonly random: SeededRandom;
}

/** A layer's output, and the way back. */
export interface LayerPass {
  readonly output: Tensor;
  /** After a training pass: what replaces the parameters that are not trained, in their order. */
  readonly averages?: readonly Tensor[];
  /** @param outputGradient of the loss with respect to the output */
  backward(outputGradient: Tensor): LayerGradients;
}

/** What follows from the gradient with respect to a layer's output; each part is computed when asked for. */
export interface LayerGradients {
  /**
   * One for each trained parameter tensor, summed over the samples.
   * @param weights a factor for each sample; 1 if left out
   */
  parameters(weights?: Tensor1D): Tensor[];
  /** One for each input. */
  inputs(): Tensor[];
  /**
   * For each sample, the squared norm of its gradient with respect to all of the layer's parameters; null without any, and
   * where samples are mixed.
   */
  squaredNorms(): Tensor1D | null;
}
