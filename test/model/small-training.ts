import { createSeededRandom } from '../../src/base/seeded-random.ts';
import { type Architecture, inputShapeOf } from '../../src/model/architecture.ts';
import { IMAGE_WINDOW } from '../../src/model/blueprints/blueprint-builder.ts';
import type { EpochReport, Model } from '../../src/model/engine.ts';
import type { Examples } from '../../src/model/examples.ts';
import { initialParameters } from '../../src/model/initial-parameters.ts';
import { replaceOptions, type TrainingOptions } from '../../src/model/training-options.ts';

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
const layer = { ...IMAGE_WINDOW, activation: 'linear', bias: true } as const;
const image = { height: 9, width: 8, channels: 3, classes: 3 } as const;
export const resnet: Architecture = { kind: 'resnet', ...image, stages: [4, 6], blocks: 1, normalization: 'batch' };
export const depthwise: Architecture = {
  kind: 'depthwise',
  ...image,
  stages: [4, 6],
  blocks: 1,
  normalization: 'batch',
  dropout: 0.25,
};
export const logistic: Architecture = { kind: 'logistic', inputs: 12, classes: 3 };
/** One of each kind of layer that the others do not have. */
export const layers: Architecture = {
  kind: 'layers',
  inputShape: [9, 8, 3],
  classes: 3,
  nodes: [
    { name: 'margin', spec: { kind: 'zero-padding', rows: [1, 0], columns: [0, 1] }, inputs: [] },
    { name: 'wide', spec: { ...layer, kind: 'convolution', filters: 4, dilations: [2, 1] }, inputs: [0] },
    { name: 'deep', spec: { ...layer, kind: 'depthwise', multiplier: 2, dilations: [1, 2] }, inputs: [0] },
    { name: 'elu', spec: { kind: 'activation', of: 'elu' }, inputs: [1] },
    { name: 'both', spec: { kind: 'concatenate' }, inputs: [3, 2] },
    { name: 'mean', spec: { kind: 'average-pool', kernel: [3, 3], strides: [2, 2], padding: 'same' }, inputs: [4] },
    { name: 'tanh', spec: { kind: 'activation', of: 'tanh' }, inputs: [5] },
    { name: 'sigmoid', spec: { kind: 'activation', of: 'sigmoid' }, inputs: [5] },
    { name: 'sum', spec: { kind: 'add' }, inputs: [6, 7] },
    { name: 'relu6', spec: { kind: 'activation', of: 'relu6' }, inputs: [8] },
    { name: 'flat', spec: { kind: 'flatten' }, inputs: [9] },
    { name: 'dense', spec: { kind: 'dense', units: 3, activation: 'linear', bias: false }, inputs: [10] },
  ],
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
  const inputShape = inputShapeOf(architecture);
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
  heldOut?: Examples,
) {
  const reports: EpochReport[] = [];
  const initial = initialParameters(model.architecture, 'start');
  const run = { seed: 'order', ...(heldOut && { heldOut }) };
  const epochs = model.train(initial, examples, replaceOptions(options, changes), run);
  for (;;) {
    const step = await epochs.next();
    if (step.done) return { parameters: step.value, reports };
    reports.push(step.value);
  }
}
