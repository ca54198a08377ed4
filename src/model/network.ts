import * as tf from '@tensorflow/tfjs-core';
import { type Architecture, inputShapeOf } from './architecture.ts';
import type { Batch } from './batch.ts';
import { type ClassBalance, noClassBalance } from './class-balance.ts';
import { clippedSum } from './clipped-sum.ts';
import { crossEntropyGradient } from './cross-entropy-gradient.ts';
import { backward, backwardToInput, forward, type NetworkPass } from './layer-graph.ts';
import type { LayerPass, TrainingPass } from './layers/layer.ts';
import { layersOf } from './layers/layers-of.ts';
import type { ParameterLayout } from './parameter-layout.ts';
import { inTensorScope } from './tensor-scope.ts';

/** The passes through a network, on plain arrays; everything above this knows no tensors. */
export interface Network {
  /**
   * The gradient of Σ weight × cross-entropy ÷ samples over a batch, with weights and priors by class.
   * @param training null: as in an evaluation, without dropout and with recorded averages
   */
  differentiate(
    parameters: Float32Array,
    batch: Batch,
    balance: ClassBalance,
    training: TrainingPass | null,
  ): BatchGradient;
  /**
   * The sum over samples of each sample's gradient, clipped, at the price of one pass forward and about one and a half
   * back: each layer tells the norms of its samples' gradients without making them, and the clipped sum is an ordinary
   * gradient whose samples are weighed (ghost clipping with book-keeping).
   *
   * Source: Bu, Wang, Zha and Karypis, Differentially private optimization on large model at small cost, 2023.
   *
   * @param clipNorm largest Euclidean norm that one sample's gradient may have; a clipped one ends a little below it, so
   *   that rounding never takes it above
   * @param training what to drop out; null for nothing
   * @throws ModelError `model/samples-mixed` for a layer in which one sample's output depends on the others
   */
  clippedGradientSum(
    parameters: Float32Array,
    batch: Batch,
    clipNorm: number,
    training?: TrainingPass | null,
  ): ClippedGradientSum;
  /** Natural logarithms of class probabilities, samples × classes. */
  logProbabilities(parameters: Float32Array, batch: Batch): Float32Array;
  /** In an evaluation, the gradient of each sample's logit of its label with respect to the sample's inputs; as long as the inputs. */
  inputGradient(parameters: Float32Array, batch: Batch): Float32Array;
  /** The output of one layer in an evaluation, sample after sample. @param layer its index */
  outputOf(layer: number, parameters: Float32Array, batch: Batch): Float32Array;
}

export interface BatchGradient {
  /** Natural logarithms of class probabilities, without priors, samples × classes. */
  readonly logProbabilities: Float32Array;
  /** In the layout of the parameters; zero where they are not trained. */
  readonly gradient: Float32Array;
  /** What the pass recorded for parameters that are not trained; replaces them after the step. */
  readonly averages: readonly RecordedAverage[];
}

/** New values of some parameters. */
export interface RecordedAverage {
  readonly offset: number;
  readonly values: Float32Array;
}

export interface ClippedGradientSum {
  /** The sum, not the mean, in the layout of the parameters. */
  readonly gradient: Float32Array;
  /** Euclidean norm of each sample's gradient of its cross-entropy before clipping, in order. */
  readonly norms: Float32Array;
  /** Natural logarithms of class probabilities, samples × classes. */
  readonly logProbabilities: Float32Array;
}

/** A network on the tfjs backend that is active; leaves no tensor behind. */
export function createNetwork(architecture: Architecture, layout: ParameterLayout): Network {
  const layers = layersOf(architecture);
  const sampleShape = inputShapeOf(architecture);

  const run = (parameters: Float32Array, batch: Batch, training: TrainingPass | null): NetworkPass => {
    const input = tf.tensor(batch.inputs, [batch.samples, ...sampleShape], 'float32');
    return forward(layers, input, tensorsOf(layout, parameters), training);
  };

  const differentiate: Network['differentiate'] = (parameters, batch, balance, training) => {
    const pass = run(parameters, batch, training);
    const slopes = crossEntropyGradient(pass.output, batch, balance);
    const gradient = flatten(
      layout,
      backward(pass, slopes).map((layer) => layer.parameters()),
    );
    return { logProbabilities: logSoftmax(pass.output), gradient, averages: averagesOf(layout, pass) };
  };

  return {
    differentiate: (...args) => inTensorScope(() => differentiate(...args)),
    clippedGradientSum: (parameters, batch, clipNorm, training = null) =>
      inTensorScope(() => {
        const pass = run(parameters, batch, training);
        const classes = pass.output.shape[1] ?? 1;
        const sum = { ...noClassBalance(classes), weights: new Float32Array(classes).fill(batch.samples) };
        const { norms, gradients } = clippedSum(pass, crossEntropyGradient(pass.output, batch, sum), clipNorm);
        return { norms, gradient: flatten(layout, gradients), logProbabilities: logSoftmax(pass.output) };
      }),
    logProbabilities: (parameters, batch) => inTensorScope(() => logSoftmax(run(parameters, batch, null).output)),
    inputGradient: (parameters, batch) =>
      inTensorScope(() => {
        const pass = run(parameters, batch, null);
        const chosen = new Float32Array(pass.output.size);
        const classes = pass.output.size / batch.samples;
        batch.labels.forEach((label, sample) => {
          chosen[sample * classes + label] = 1;
        });
        return backwardToInput(pass, tf.tensor(chosen, pass.output.shape)).dataSync<'float32'>();
      }),
    outputOf: (layer, parameters, batch) =>
      inTensorScope(() => {
        const pass = run(parameters, batch, null).passes[layer] as LayerPass;
        return pass.output.dataSync<'float32'>();
      }),
  };
}

const logSoftmax = (logits: tf.Tensor): Float32Array => tf.logSoftmax(logits).dataSync<'float32'>();

function tensorsOf({ tensors }: ParameterLayout, parameters: Float32Array): tf.Tensor[] {
  return tensors.map(({ offset, size, shape }) =>
    tf.tensor(parameters.subarray(offset, offset + size), [...shape], 'float32'),
  );
}

/** @param gradients of the trained tensors, one list for each layer */
function flatten({ tensors, parameterCount }: ParameterLayout, gradients: readonly tf.Tensor[][]): Float32Array {
  const flat = new Float32Array(parameterCount);
  const trained = tensors.filter((slot) => slot.trained);
  for (const [index, gradient] of gradients.flat().entries()) {
    flat.set(gradient.dataSync<'float32'>(), trained[index]?.offset);
  }
  return flat;
}

function averagesOf({ tensors }: ParameterLayout, { passes }: NetworkPass): RecordedAverage[] {
  const recorded = tensors.filter((slot) => !slot.trained);
  const values = passes.flatMap(({ averages = [] }) => averages);
  return values.map((tensor, index) => ({
    offset: recorded[index]?.offset ?? 0,
    values: tensor.dataSync<'float32'>(),
  }));
}
