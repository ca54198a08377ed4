import * as tf from '@tensorflow/tfjs-core';
import { type Architecture, inputShapeOf, type ParameterLayout } from './architecture.ts';
import type { Batch } from './batch.ts';
import type { ClassBalance } from './class-balance.ts';
import type { LayerParameters, LayerPass } from './layers/layer.ts';
import { layersOf } from './layers/layers-of.ts';
import { inTensorScope } from './tensor-scope.ts';

/** The passes through a network, on plain arrays; everything above this knows no tensors. */
export interface Network {
  /**
   * The gradient of Σ weight × cross-entropy ÷ samples over a batch, with weights and priors by class.
   */
  differentiate(parameters: Float32Array, batch: Batch, balance: ClassBalance): BatchGradient;
  /** Natural logarithms of class probabilities, samples × classes. */
  logProbabilities(parameters: Float32Array, batch: Batch): Float32Array;
}

export interface BatchGradient {
  /** Natural logarithms of class probabilities, without priors, samples × classes. */
  readonly logProbabilities: Float32Array;
  /** In the layout of the parameters. */
  readonly gradient: Float32Array;
}

/** A network on the tfjs backend that is active; leaves no tensor behind. */
export function createNetwork(architecture: Architecture, layout: ParameterLayout): Network {
  const layers = layersOf(architecture);
  const sampleShape = inputShapeOf(architecture);

  const forward = (parameters: Float32Array, batch: Batch): LayerPass[] => {
    const passes: LayerPass[] = [];
    let input = tf.tensor(batch.inputs, [batch.samples, ...sampleShape], 'float32');
    for (const [index, layer] of layers.entries()) {
      const pass = layer.forward(input, parametersOf(layout, parameters, index));
      passes.push(pass);
      input = pass.output;
    }
    return passes;
  };

  const differentiate: Network['differentiate'] = (parameters, batch, balance) => {
    const passes = forward(parameters, batch);
    const logits = (passes.at(-1) as LayerPass).output;
    const gradient = backward(layout, passes, crossEntropyGradient(logits, batch, balance));
    return { logProbabilities: tf.logSoftmax(logits).dataSync<'float32'>(), gradient };
  };

  return {
    differentiate: (...args) => inTensorScope(() => differentiate(...args)),
    logProbabilities: (parameters, batch) =>
      inTensorScope(() => {
        const { output } = forward(parameters, batch).at(-1) as LayerPass;
        return tf.logSoftmax(output).dataSync<'float32'>();
      }),
  };
}

function parametersOf({ tensors }: ParameterLayout, parameters: Float32Array, layer: number): LayerParameters {
  const [weights, bias] = tensors.slice(2 * layer, 2 * layer + 2).map(({ offset, size, shape }) => {
    return tf.tensor(parameters.subarray(offset, offset + size), [...shape], 'float32');
  });
  return { weights: weights as tf.Tensor, bias: bias as tf.Tensor };
}

/** With respect to the logits: weight ÷ samples × (probability − 1 at the label). */
function crossEntropyGradient(logits: tf.Tensor, batch: Batch, { weights, priors }: ClassBalance): tf.Tensor {
  const { samples, labels } = batch;
  const classes = weights.length;
  const shares = Float32Array.from(labels, (label) => (weights[label] as number) / samples);
  const targets = new Float32Array(samples * classes);
  labels.forEach((label, sample) => {
    targets[sample * classes + label] = 1;
  });
  const probabilities = tf.exp(tf.logSoftmax(tf.add(logits, tf.log(tf.tensor1d(priors)))));
  return tf.mul(tf.sub(probabilities, tf.tensor2d(targets, [samples, classes])), tf.tensor2d(shares, [samples, 1]));
}

/** Last layer to first, into one flat array. */
function backward(
  { tensors, parameterCount }: ParameterLayout,
  passes: readonly LayerPass[],
  last: tf.Tensor,
): Float32Array {
  const flat = new Float32Array(parameterCount);
  let outputGradient = last;
  for (let layer = passes.length - 1; layer >= 0; layer--) {
    const gradients = (passes[layer] as LayerPass).parameterGradients(outputGradient);
    flat.set(gradients.weights.dataSync<'float32'>(), tensors[2 * layer]?.offset);
    flat.set(gradients.bias.dataSync<'float32'>(), tensors[2 * layer + 1]?.offset);
    if (layer > 0) outputGradient = gradients.inputGradient();
  }
  return flat;
}
