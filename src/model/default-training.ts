import type { Architecture } from './architecture.ts';
import type { TrainingOptions } from './training-options.ts';

/** What a study starts from unless its manifest says otherwise. */
export interface DefaultTraining {
  readonly architecture: Architecture;
  readonly training: TrainingOptions;
  readonly rounds: number;
}

/** The shape of a data source's samples. */
export interface SampleShape {
  /** [features] or [height, width, channels]. */
  readonly inputShape: readonly number[];
  readonly classes: number;
}

/** What all three share; momentum starts anew in each round. */
const common = { optimiser: 'sgd', learningRate: 0.05, momentum: 0.9 } as const;

/** Few samples and an easy boundary: the decay keeps members with one class from running away. */
const wdbcTraining: TrainingOptions = {
  ...common,
  weightDecay: 0.02,
  batchSize: 16,
  localEpochs: 2,
  classWeights: 'none',
};

/** Ten classes, of which a member sees some: calibration is worth three points. */
const digitsTraining: TrainingOptions = {
  ...common,
  weightDecay: 0.001,
  batchSize: 16,
  localEpochs: 3,
  classWeights: 'calibrated',
};

/** Thousands of images; calibration makes up for a test part with another class balance than the training part's. */
const npzTraining: TrainingOptions = {
  ...common,
  weightDecay: 0.001,
  batchSize: 32,
  localEpochs: 1,
  classWeights: 'calibrated',
};

/**
 * Architecture, training options and number of rounds that work for a kind of source with about five members and strong
 * label skew; chosen with `scripts/simulate-federation.ts`, which prints what they reach.
 * @param samples decides inputs and classes
 */
export function defaultTraining(kind: 'wdbc' | 'digits' | 'npz', samples: SampleShape): DefaultTraining {
  const { inputShape, classes } = samples;
  const inputs = inputShape.reduce((product, side) => product * side, 1);
  if (kind === 'wdbc') {
    return { architecture: { kind: 'mlp', inputs, hidden: [32], classes }, training: wdbcTraining, rounds: 10 };
  }
  if (kind === 'digits') {
    const [height, width, channels] = inputShape as [number, number, number];
    const image = { height, width, channels, padding: 'same' } as const;
    const architecture: Architecture = { kind: 'cnn', ...image, filters: [16], dense: 64, classes };
    return { architecture, training: digitsTraining, rounds: 15 };
  }
  return { architecture: { kind: 'mlp', inputs, hidden: [64], classes }, training: npzTraining, rounds: 25 };
}
