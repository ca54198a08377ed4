import type { Architecture } from './architecture.ts';
import type { Examples } from './examples.ts';
import type { ParameterLayout } from './parameter-layout.ts';
import type { PrivateSteps } from './private-steps.ts';
import type { TrainingOptions } from './training-options.ts';

/** What the numeric work is done with; the ledger records `name` and `version` of the engine behind a contribution. */
export interface Engine {
  readonly name: string;
  readonly version: string;
  /** True if a seeded run gives the same bits on every machine, so that `reproduce` may demand them. */
  readonly reproducible: boolean;
  /** @throws ModelError `model/invalid-architecture` */
  createModel(architecture: Architecture): Model;
}

/** A network without state of its own: parameters come in and go out as flat arrays, which are never changed in place. */
export interface Model {
  readonly architecture: Architecture;
  readonly layout: ParameterLayout;

  /**
   * Trains from `parameters`, yields a report after each epoch, and returns the new parameters.
   * Gives way to the event loop after every batch.
   * @throws ModelError `model/diverged`, `model/wrong-shape`, `model/no-examples`, `model/unsuitable-training`; the signal's reason if it aborts
   */
  train(
    parameters: Float32Array,
    examples: Examples,
    options: TrainingOptions,
    run: TrainingRun,
  ): AsyncGenerator<EpochReport, Float32Array, void>;

  /**
   * Trains from `parameters` with noisy sums of clipped gradients, and returns the new parameters. Of the options, batch size,
   * epochs and steps do not apply. Tells nothing on the way: figures of a training would tell of its samples.
   * @throws ModelError `model/training-reveals` for options that use the samples without noise, `model/samples-mixed` for a
   *   network in which samples depend on each other, and what {@link Model.train} throws
   */
  trainPrivately(
    parameters: Float32Array,
    examples: Examples,
    options: TrainingOptions,
    run: PrivateRun,
  ): Promise<Float32Array>;

  /** @throws ModelError `model/wrong-shape`, `model/no-examples`; `model/diverged` if an output is not finite */
  evaluate(parameters: Float32Array, examples: Examples): Evaluation;

  /**
   * What the last layer with weights takes, in an evaluation: the features by which the network tells its classes apart.
   * @throws ModelError `model/wrong-shape`, `model/no-examples`; `model/diverged` if a number is not finite
   */
  embed(parameters: Float32Array, examples: Examples): Embedding;

  /**
   * The gradient of the loss of {@link Evaluation} (no weight decay) at `parameters`; same length and layout.
   * @param classWeights by default `none`; `balanced`: each class counts the same, whatever its share of the examples; no difference for a Cox model
   * @throws ModelError `model/wrong-shape`, `model/no-examples`, `model/diverged`
   */
  gradient(parameters: Float32Array, examples: Examples, classWeights?: 'none' | 'balanced'): Float32Array;

  /**
   * How one output of each sample changes with its inputs, in an evaluation: the gradient of the logit of a class, before softmax; of a Cox
   * model the log risk's.
   * @param classes one index for each sample; a Cox model has no use for them
   * @returns as long as the inputs, sample after sample
   * @throws ModelError `model/wrong-shape`, `model/no-examples`, `model/diverged`
   */
  inputGradient(parameters: Float32Array, examples: Examples, classes: Uint8Array): Float32Array;
}

/** Samples as a network sees them before its last layer. */
export interface Embedding {
  /** The layer whose output it is; null where it is the input itself. */
  readonly layer: string | null;
  /** Numbers a sample. */
  readonly width: number;
  /** `samples` × `width`, sample after sample. */
  readonly values: Float32Array;
}

/** What belongs to one call of `train` and not to the study. */
export interface TrainingRun {
  /** Fixes the order of samples. */
  readonly seed: string | Uint8Array;
  /** Samples that are not trained on, for early stopping; needed where the options have a patience. */
  readonly heldOut?: Examples;
  readonly signal?: AbortSignal | undefined;
}

/** What belongs to one call of `trainPrivately`; it cannot be repeated, because chance is not seeded. */
export interface PrivateRun {
  readonly steps: PrivateSteps;
  readonly signal?: AbortSignal | undefined;
}

/** Progress after one pass over the member's data; the last one of a round in `localSteps` may be a part of it. */
export interface EpochReport {
  /** From 1. */
  readonly epoch: number;
  /** Mean cross-entropy (for a Cox model −log partial likelihood an event) in nats, unweighted, each sample taken when its batch was trained on. */
  readonly loss: number;
  /** Share of samples that were classified rightly when their batch was trained on, 0 … 1; null where there are no classes. */
  readonly accuracy: number | null;
  /** The epoch whose parameters would count if training ended now. */
  readonly keptEpoch: number;
  /** Samples in all epochs so far. */
  readonly samplesSeen: number;
}

/** How well parameters do on examples that were not trained on. */
export interface Evaluation {
  readonly samples: number;
  /** Mean cross-entropy in nats, unweighted; for a Cox model −log partial likelihood an event. */
  readonly loss: number;
  /** Share of samples whose most probable class is the label, 0 … 1; the lower class index wins a tie. Null for a Cox model. */
  readonly accuracy: number | null;
  /**
   * Area under the ROC curve; macro one-against-rest for three classes and more; null if a class has no sample. For a Cox
   * model the concordance index, null if no two samples can be compared. */
  readonly auc: number | null;
  /** `samples` × `classes`, sample after sample; empty for a Cox model. */
  readonly probabilities: Float32Array;
}
