import { createSeededRandom } from '../../src/base/seeded-random.ts';
import type { Architecture } from '../../src/model/architecture.ts';
import type { EpochReport, Model } from '../../src/model/engine.ts';
import type { Examples } from '../../src/model/examples.ts';
import { initialParameters } from '../../src/model/initial-parameters.ts';
import type { TrainingOptions } from '../../src/model/training-options.ts';

/** The smallest networks that have every kind of layer. */
export const mlp: Architecture = { kind: 'mlp', inputs: 12, hidden: [8], classes: 3 };
export const cnn: Architecture = {
  kind: 'cnn',
  height: 9,
  width: 8,
  channels: 3,
  filters: [4, 6],
  padding: 'same',
  dense: 8,
  classes: 3,
};
export const options: TrainingOptions = {
  optimiser: 'sgd',
  learningRate: 0.05,
  momentum: 0.9,
  weightDecay: 0.001,
  batchSize: 8,
  localEpochs: 2,
  classWeights: 'none',
};

/** Noise with a bright block whose place tells the class, so that there is something to learn. */
export function examplesFor(architecture: Architecture, samples = 30): Examples {
  const inputShape =
    architecture.kind === 'mlp'
      ? [architecture.inputs]
      : [architecture.height, architecture.width, architecture.channels];
  const width = inputShape.reduce((product, side) => product * side, 1);
  const { next } = createSeededRandom('examples');
  const labels = Uint8Array.from({ length: samples }, (_, sample) => sample % 3);
  const block = width / 3;
  const inputs = Float32Array.from({ length: samples * width }, (_, index) => {
    const place = Math.floor((index % width) / block);
    return next() - 0.5 + (place === labels[Math.floor(index / width)] ? 1 : 0);
  });
  return { inputs, labels, samples, inputShape, classes: 3 };
}

/** Trains from parameters of the seed `start`, with samples in the order of the seed `order`. */
export async function train(
  model: Model,
  changes: Partial<TrainingOptions> = {},
  examples = examplesFor(model.architecture),
) {
  const reports: EpochReport[] = [];
  const initial = initialParameters(model.architecture, 'start');
  const epochs = model.train(initial, examples, { ...options, ...changes }, { seed: 'order' });
  for (;;) {
    const step = await epochs.next();
    if (step.done) return { parameters: step.value, reports };
    reports.push(step.value);
  }
}
