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

/**
 * What all share; momentum starts anew in each round. Rounds have as many steps for everybody, about what a middle member's data take
 * in the epochs that worked best: with epochs whoever has more data moves farther, which robust rules take for an attack, and whoever
 * has its data twice trains longer for a larger score.
 */
const common = { optimiser: 'sgd', learningRate: 0.05, momentum: 0.9 } as const;

/** Few samples and an easy boundary: the decay keeps members with one class from running away. */
const wdbcTraining: TrainingOptions = {
  ...common,
  weightDecay: 0.02,
  batchSize: 16,
  localSteps: 10,
  classWeights: 'none',
};

/** Ten classes, of which a member sees some: calibration is worth three points. */
const digitsTraining: TrainingOptions = {
  ...common,
  weightDecay: 0.001,
  batchSize: 16,
  localSteps: 45,
  classWeights: 'calibrated',
};

/** Thousands of images; calibration makes up for a test part with another class balance. */
const npzTraining: TrainingOptions = {
  ...common,
  weightDecay: 0.001,
  batchSize: 32,
  localSteps: 24,
  classWeights: 'calibrated',
};

/** Some hundred patients a hospital, and columns that are missing altogether at some: small steps, a strong decay. */
const tableTraining: TrainingOptions = {
  ...common,
  learningRate: 0.02,
  weightDecay: 0.02,
  batchSize: 16,
  localSteps: 20,
  classWeights: 'none',
};

/** Up to a thousand patients a hospital are one batch, so that every risk set is whole; few steps, so larger ones. */
const survivalTraining: TrainingOptions = { ...tableTraining, learningRate: 0.1, batchSize: 1024, localSteps: 5 };

/** Filters of the stages for images of 24 pixels and more; smaller ones get the first of them. */
const NPZ_FILTERS = [8, 16, 32];
/** No stage beyond the first may leave fewer pixels on a side. */
const MIN_STAGE_SIDE = 3;

/**
 * Architecture, training options and number of rounds that work for a kind of source with about five members and strong
 * label skew; chosen with `scripts/simulate-federation.ts`, which prints what they reach. Those for survival data are not
 * measured on a federation.
 * @param samples decides inputs and classes
 */
export function defaultTraining(
  kind: 'wdbc' | 'digits' | 'npz' | 'tables' | 'survival',
  samples: SampleShape,
): DefaultTraining {
  const { inputShape, classes } = samples;
  const inputs = inputShape.reduce((product, side) => product * side, 1);
  if (kind === 'survival')
    return { architecture: { kind: 'cox', inputs, classes: 2 }, training: survivalTraining, rounds: 15 };
  if (kind === 'wdbc' || kind === 'tables') {
    const [training, rounds] = kind === 'wdbc' ? [wdbcTraining, 10] : [tableTraining, 15];
    return { architecture: { kind: 'mlp', inputs, hidden: kind === 'wdbc' ? [32] : [16], classes }, training, rounds };
  }
  const [height, width, channels] = inputShape as [number, number, number];
  const image = { kind: 'cnn', height, width, channels, padding: 'same', classes } as const;
  if (kind === 'digits') {
    return { architecture: { ...image, filters: [16], dense: 64 }, training: digitsTraining, rounds: 15 };
  }
  const filters = NPZ_FILTERS.filter((_, stage) => stage === 0 || sideAfter(stage + 1, image) >= MIN_STAGE_SIDE);
  return { architecture: { ...image, filters, dense: 32 }, training: npzTraining, rounds: 16 };
}

/** The shorter side's pixels after so many stages with padding `same`. */
function sideAfter(stages: number, { height, width }: { height: number; width: number }): number {
  return Math.floor(Math.min(height, width) / 2 ** stages);
}
