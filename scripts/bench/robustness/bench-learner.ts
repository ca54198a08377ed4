import { createSeededRandom, type SeededRandom } from '../../../src/base/seeded-random.ts';
import type { Architecture } from '../../../src/model/architecture.ts';
import { inputShapeOf } from '../../../src/model/architecture.ts';
import { gatherBatch } from '../../../src/model/batch.ts';
import { classBalanceOf } from '../../../src/model/class-balance.ts';
import type { Examples } from '../../../src/model/examples.ts';
import { initialParameters } from '../../../src/model/initial-parameters.ts';
import { ModelError } from '../../../src/model/model-error.ts';
import { createNetwork } from '../../../src/model/network.ts';
import { createOptimiser } from '../../../src/model/optimiser.ts';
import { layoutOf } from '../../../src/model/parameter-layout.ts';
import { createWasmEngine } from '../../../src/model/wasm-engine.ts';
import {
  accuracyOf,
  balancedLossGradient,
  drawBatch,
  initialVector,
  type LocalTraining,
  type Perceptron,
  type Samples,
  trainLocally,
} from '../perceptron.ts';

/** What the members of a study learn with; all of it without waiting for anything. */
export interface BenchLearner {
  readonly classes: number;
  initial(seed: number): Float32Array;
  train(from: Float32Array, data: Samples, run: { training: LocalTraining; random: SeededRandom }): Float32Array;
  accuracy(parameters: Float32Array, data: Samples): number;
  /** Gradient of the loss, each class that occurs counting the same. */
  slope(parameters: Float32Array, data: Samples): Float32Array;
}

/** Small enough to train a thousand times. */
export function perceptronLearner(network: Perceptron): BenchLearner {
  return {
    classes: network.classes,
    initial: (seed) => initialVector(network, createSeededRandom(`${seed}`, 'initial')),
    train: (from, data, run) => trainLocally(network, from, data, run),
    accuracy: (parameters, data) => accuracyOf(network, parameters, data),
    slope: (parameters, data) => Float32Array.from(balancedLossGradient(network, parameters, data)),
  };
}

/** A network of the product, on its own engine: what studies train, a hundred times as slow. */
export async function networkLearner(architecture: Architecture): Promise<BenchLearner> {
  const model = (await createWasmEngine()).createModel(architecture);
  const network = createNetwork(architecture, layoutOf(architecture));
  const { classes } = architecture;
  const examplesOf = ({ inputs, labels }: Samples): Examples => ({
    inputs,
    labels,
    samples: labels.length,
    inputShape: inputShapeOf(architecture),
    classes,
  });
  return {
    classes,
    initial: (seed) => initialParameters(architecture, `robustness/${seed}`),
    train(from, data, { training, random }) {
      const parameters = from.slice();
      const examples = examplesOf(data);
      const balance = classBalanceOf(examples, training.calibrated ? 'calibrated' : 'none');
      const { learningRate, momentum } = training;
      const step = createOptimiser(
        {
          optimiser: 'sgd',
          learningRate,
          momentum,
          weightDecay: 0,
          batchSize: training.batch,
          localSteps: training.steps,
          classWeights: 'none',
        },
        parameters.length,
      );
      const rows = [...data.labels.keys()];
      for (let k = 0; k < training.steps; k++) {
        const batch = gatherBatch(examples, drawBatch(rows, training.batch, random));
        step(parameters, network.differentiate(parameters, batch, balance, null).gradient);
      }
      return parameters;
    },
    accuracy: (parameters, data) => unlessDiverged(() => model.evaluate(parameters, examplesOf(data)).accuracy ?? 0, 0),
    slope: (parameters, data) =>
      unlessDiverged(
        () => model.gradient(parameters, examplesOf(data), 'balanced'),
        new Float32Array(parameters.length),
      ),
  };
}

/** Attacks leave models whose outputs are no numbers; they know nothing. */
function unlessDiverged<T>(compute: () => T, otherwise: T): T {
  try {
    return compute();
  } catch (error) {
    if (error instanceof ModelError && error.code === 'model/diverged') return otherwise;
    throw error;
  }
}
