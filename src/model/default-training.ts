import type { Architecture } from './architecture.ts';
import type { TrainingOptions } from './training-options.ts';

/** What a study starts from unless its manifest says otherwise. */
export interface DefaultTraining {
  readonly architecture: Architecture;
  readonly training: TrainingOptions;
  readonly rounds: number;
}

const wdbc: DefaultTraining = {
  architecture: { kind: 'mlp', inputs: 30, hidden: [32], classes: 2 },
  training: {
    optimiser: 'sgd',
    learningRate: 0.05,
    momentum: 0.9,
    weightDecay: 0.02,
    batchSize: 16,
    localEpochs: 2,
    classWeights: 'none',
  },
  rounds: 10,
};

const digits: DefaultTraining = {
  architecture: {
    kind: 'cnn',
    height: 8,
    width: 8,
    channels: 1,
    filters: [16, 32],
    padding: 'same',
    dense: 64,
    classes: 10,
  },
  training: {
    optimiser: 'sgd',
    learningRate: 0.05,
    momentum: 0.9,
    weightDecay: 0.001,
    batchSize: 32,
    localEpochs: 2,
    classWeights: 'none',
  },
  rounds: 12,
};

const npzTraining: TrainingOptions = {
  optimiser: 'sgd',
  learningRate: 0.02,
  momentum: 0.9,
  weightDecay: 0.001,
  batchSize: 32,
  localEpochs: 1,
  classWeights: 'balanced',
};

/** The shape of a data source's samples. */
export interface SampleShape {
  readonly inputShape: readonly number[];
  readonly classes: number;
}

/**
 * Architecture, training options and number of rounds that work for a kind of source with about five members.
 * @param samples the shape of one sample; decides the architecture of `npz`, the others are known
 */
export function defaultTraining(kind: 'wdbc' | 'digits' | 'npz', samples: SampleShape): DefaultTraining {
  if (kind === 'wdbc') return wdbc;
  if (kind === 'digits') return digits;
  const [height = 0, width = 0, channels = 1] = samples.inputShape;
  const { classes } = samples;
  const architecture = {
    kind: 'cnn',
    height,
    width,
    channels,
    filters: [16, 32],
    padding: 'valid',
    dense: 64,
    classes,
  } as const;
  return { architecture: { ...architecture, filters: [...architecture.filters] }, training: npzTraining, rounds: 15 };
}
