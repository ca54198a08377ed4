import { type Architecture, inputShapeOf } from './architecture.ts';
import { ModelError } from './model-error.ts';

/** Labelled samples in memory, sample after sample. */
export interface Examples {
  /** `samples` × product of `inputShape` numbers, scaled for the network. */
  readonly inputs: Float32Array;
  /** One class index per sample, 0 … `classes` − 1. */
  readonly labels: Uint8Array;
  /** Follow-up time of each sample, for models of survival: label 1 is the event, 0 the end of observation. */
  readonly times?: Float32Array;
  readonly samples: number;
  /** Shape of one sample: [features] or [height, width, channels]. */
  readonly inputShape: readonly number[];
  readonly classes: number;
}

/**
 * Refuses examples that do not fit the architecture.
 * @throws ModelError `model/no-examples` or `model/wrong-shape`
 */
export function checkExamples(architecture: Architecture, examples: Examples): void {
  const { inputs, labels, samples, classes, inputShape } = examples;
  if (samples < 1) throw new ModelError('model/no-examples', 'examples: there is no sample; give at least one');
  const wanted = inputShapeOf(architecture);
  const width = product(wanted);
  const sameShape = wanted.length === 1 || inputShape.join() === wanted.join();
  if (!sameShape || product(inputShape) !== width || classes !== architecture.classes) {
    throw wrong(
      `shape [${inputShape}] with ${classes} classes; the model takes [${wanted}] with ${architecture.classes}`,
    );
  }
  if (inputs.length !== samples * width || labels.length !== samples) {
    throw wrong(`${inputs.length} inputs and ${labels.length} labels for ${samples} samples of ${width} numbers`);
  }
  if (architecture.kind === 'cox') checkTimes(examples);
  if (labels.some((label) => label >= classes)) throw wrong(`a label is not below the ${classes} classes`);
}

function checkTimes({ times, samples }: Examples): void {
  if (times === undefined) throw wrong('no follow-up times; a Cox model needs them, name their column in the input');
  if (times.length !== samples) throw wrong(`${times.length} times for ${samples} samples`);
  if (!times.every((time) => Number.isFinite(time) && time >= 0)) throw wrong('a time is negative or no number');
}

function product(shape: readonly number[]): number {
  return shape.reduce((total, side) => total * side, 1);
}

function wrong(reason: string): ModelError {
  return new ModelError('model/wrong-shape', `examples: ${reason}`);
}
