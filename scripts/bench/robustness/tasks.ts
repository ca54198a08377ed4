import { createSeededRandom } from '../../../src/base/seeded-random.ts';
import type { Dataset } from '../../../src/data/dataset.ts';
import { readDigits } from '../../../src/data/read-digits.ts';
import { readNpz } from '../../../src/data/read-npz.ts';
import { readWdbc } from '../../../src/data/read-wdbc.ts';
import { defaultTraining } from '../../../src/model/default-training.ts';
import { type LocalTraining, type Samples, selectRows } from '../perceptron.ts';
import { type BenchLearner, networkLearner, perceptronLearner } from './bench-learner.ts';

/** A learning task of the bench. */
export interface Task {
  readonly name: 'digits' | 'pneumonia' | 'pneumonia-cnn' | 'wdbc';
  readonly learner: BenchLearner;
  readonly local: LocalTraining;
  readonly rounds: number;
  readonly training: Samples;
  readonly test: Samples;
  /** Side of an image in pixels; null for tables, in which no trigger is planted. */
  readonly side: number | null;
}

const DIGITS_TEST = 360;

/** 8 × 8 digits: 1,437 to learn from, 360 to judge by. */
export async function digitsTask(): Promise<Task> {
  return {
    name: 'digits',
    learner: perceptronLearner({ inputs: 64, hidden: 32, classes: 10 }),
    local: { steps: 3, batch: 32, learningRate: 0.1, momentum: 0.9, calibrated: true },
    rounds: 120,
    ...divide(await readDigits(), 'digits', DIGITS_TEST),
    side: 8,
  };
}

const WDBC_TEST = 114;

/** Wisconsin breast cancer, a table of 30 measurements: 455 to learn from, 114 to judge by. */
export async function wdbcTask(): Promise<Task> {
  return {
    name: 'wdbc',
    learner: perceptronLearner({ inputs: 30, hidden: 16, classes: 2 }),
    local: { steps: 3, batch: 32, learningRate: 0.05, momentum: 0.9, calibrated: true },
    rounds: 80,
    ...divide(await readWdbc(), 'wdbc', WDBC_TEST),
    side: null,
  };
}

/** Sets so many samples apart to judge by, the same ones each time. */
function divide(data: Dataset, name: string, apart: number): Pick<Task, 'training' | 'test'> {
  const order = createSeededRandom('robustness', name).shuffle(Array.from({ length: data.samples }, (_, i) => i));
  return { training: selectRows(data, order.slice(apart)), test: selectRows(data, order.slice(0, apart)) };
}

const POOLED_SIDE = 14;

/**
 * PneumoniaMNIST, 28 × 28 pixels pooled to 14 × 14.
 * @param path the NPZ file of MedMNIST
 */
export async function pneumoniaTask(path: string): Promise<Task> {
  const { training, test } = await readNpz(path);
  return {
    name: 'pneumonia',
    learner: perceptronLearner({ inputs: POOLED_SIDE ** 2, hidden: 16, classes: 2 }),
    local: { steps: 3, batch: 32, learningRate: 0.02, momentum: 0.9, calibrated: true },
    rounds: 80,
    training: pool(training),
    test: pool(test),
    side: POOLED_SIDE,
  };
}

/**
 * PneumoniaMNIST as a study has it: 28 × 28 pixels, and the convolutional network, rate, batches and number of steps that are recommended for it; like the
 * other tasks without weight decay.
 * @param path the NPZ file of MedMNIST
 */
export async function pneumoniaNetworkTask(path: string): Promise<Task> {
  const { training, test } = await readNpz(path);
  const { architecture, training: options, rounds } = defaultTraining('npz', training);
  const { learningRate, batchSize, localSteps = 1 } = options;
  const steps = 3;
  return {
    name: 'pneumonia-cnn',
    learner: await networkLearner(architecture),
    local: { steps, batch: batchSize, learningRate, momentum: 0.9, calibrated: true },
    rounds: (rounds * localSteps) / steps,
    training,
    test,
    side: training.inputShape[0] ?? 0,
  };
}

/** Means of 2 × 2 pixels. */
function pool({ inputs, labels, samples }: Dataset): Samples {
  const pooled = new Float32Array(samples * POOLED_SIDE ** 2);
  const side = 2 * POOLED_SIDE;
  for (let place = 0; place < inputs.length; place++) {
    const [sample, row, column] = [Math.floor(place / side ** 2), Math.floor(place / side) % side, place % side];
    const target = sample * POOLED_SIDE ** 2 + (row >> 1) * POOLED_SIDE + (column >> 1);
    pooled[target] = (pooled[target] as number) + (inputs[place] as number) / 4;
  }
  return { inputs: pooled, labels: Uint8Array.from(labels) };
}
