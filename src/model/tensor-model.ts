import type { Architecture } from './architecture.ts';
import { assertParameters } from './assert-parameters.ts';
import { consecutiveBatches } from './batch.ts';
import { type ClassBalance, classBalanceOf } from './class-balance.ts';
import { countCorrect } from './count-correct.ts';
import { crossEntropy } from './cross-entropy.ts';
import type { Embedding, Evaluation, Model } from './engine.ts';
import { checkExamples, type Examples } from './examples.ts';
import { featureLayer } from './feature-layer.ts';
import { heldOutLoss } from './held-out-loss.ts';
import { ModelError } from './model-error.ts';
import { createNetwork, type Network } from './network.ts';
import { createNetworkLearner } from './network-learner.ts';
import { layoutOf } from './parameter-layout.ts';
import { privateTrainingLoop } from './private-training-loop.ts';
import { classifierAuc } from './roc-auc.ts';
import { trainingLoop } from './training-loop.ts';

/** Samples per pass where only memory limits it. */
const EVALUATION_BATCH = 256;

/** A {@link Model} on the tfjs backend that is active. */
export function createTensorModel(architecture: Architecture): Model {
  const layout = layoutOf(architecture);
  const network = createNetwork(architecture, layout);
  const check = (parameters: Float32Array, examples: Examples): void => {
    assertParameters(layout, parameters);
    checkExamples(architecture, examples);
  };
  const evaluateHere: Model['evaluate'] = (parameters, examples) => {
    check(parameters, examples);
    return evaluate(network, parameters, examples);
  };
  return {
    architecture,
    layout,
    train: async function* (parameters, examples, options, run) {
      check(parameters, examples);
      const learner = createNetworkLearner(network, classBalanceOf(examples, options.classWeights));
      return yield* trainingLoop(
        learner,
        parameters,
        { examples, options, lossOf: heldOutLoss(evaluateHere, run) },
        run,
      );
    },
    trainPrivately: async (parameters, examples, options, run) => {
      check(parameters, examples);
      return privateTrainingLoop(network, parameters, { examples, options }, run);
    },
    evaluate: evaluateHere,
    embed: (parameters, examples) => {
      check(parameters, examples);
      return embed(network, parameters, { architecture, examples });
    },
    gradient: (parameters, examples, classWeights = 'none') => {
      check(parameters, examples);
      return meanGradient(network, parameters, { examples, balance: classBalanceOf(examples, classWeights) });
    },
    inputGradient: (parameters, examples, classes) => {
      check(parameters, { ...examples, labels: classes });
      return inputGradient(network, parameters, { ...examples, labels: classes });
    },
  };
}

function evaluate(network: Network, parameters: Float32Array, examples: Examples): Evaluation {
  const { samples, labels, classes } = examples;
  const logProbabilities = new Float32Array(samples * classes);
  let filled = 0;
  for (const batch of consecutiveBatches(examples, EVALUATION_BATCH)) {
    logProbabilities.set(network.logProbabilities(parameters, batch), filled);
    filled += batch.samples * classes;
  }
  const loss = crossEntropy(logProbabilities, labels);
  if (!logProbabilities.every(Number.isFinite)) throw notFinite('an output');
  const probabilities = logProbabilities.map(Math.exp);
  const accuracy = countCorrect(logProbabilities, labels) / samples;
  const auc = classifierAuc(logProbabilities, labels, classes);
  return { samples, loss, accuracy, auc, probabilities };
}

function embed(
  network: Network,
  parameters: Float32Array,
  { architecture, examples }: { readonly architecture: Architecture; readonly examples: Examples },
): Embedding {
  const { inputs, samples } = examples;
  const layer = featureLayer(architecture);
  if (layer === null) return { layer: null, width: inputs.length / samples, values: inputs };
  const values = new Float32Array(samples * layer.width);
  let filled = 0;
  for (const batch of consecutiveBatches(examples, EVALUATION_BATCH)) {
    values.set(network.outputOf(layer.index, parameters, batch), filled);
    filled += batch.samples * layer.width;
  }
  if (!values.every(Number.isFinite)) throw notFinite('a feature');
  return { layer: layer.name, width: layer.width, values };
}

/** The mean over batches, weighted by their samples, summed in double precision in order. */
function meanGradient(
  network: Network,
  parameters: Float32Array,
  { examples, balance }: { readonly examples: Examples; readonly balance: ClassBalance },
): Float32Array {
  const sum = new Float64Array(parameters.length);
  for (const batch of consecutiveBatches(examples, EVALUATION_BATCH)) {
    const { gradient } = network.differentiate(parameters, batch, balance, null);
    const share = batch.samples / examples.samples;
    for (let i = 0; i < sum.length; i++) sum[i] = (sum[i] as number) + share * (gradient[i] as number);
  }
  const mean = Float32Array.from(sum);
  if (!mean.every(Number.isFinite)) throw notFinite('the gradient');
  return mean;
}

/** @param examples their labels are the classes whose logits are differentiated */
function inputGradient(network: Network, parameters: Float32Array, examples: Examples): Float32Array {
  const gradient = new Float32Array(examples.inputs.length);
  let filled = 0;
  for (const batch of consecutiveBatches(examples, EVALUATION_BATCH)) {
    const slopes = network.inputGradient(parameters, batch);
    gradient.set(slopes, filled);
    filled += slopes.length;
  }
  if (!gradient.every(Number.isFinite)) throw notFinite('a slope');
  return gradient;
}

function notFinite(what: string): ModelError {
  return new ModelError('model/diverged', `${what} is not finite; the parameters are unusable, discard them`);
}
