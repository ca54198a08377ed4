import type { Batch } from './batch.ts';
import type { TrainingPass } from './layers/layer.ts';
import type { RecordedAverage } from './network.ts';

/** What a training loop trains. */
export interface Learner {
  /** The loss at these parameters, and the way down. */
  learn(parameters: Float32Array, batch: Batch, training: TrainingPass): LearnedStep;
}

export interface LearnedStep {
  /** Mean over the batch, unweighted. */
  readonly loss: number;
  /** In the layout of the parameters. */
  readonly gradient: Float32Array;
  /** Replaces parameters that no gradient moves. */
  readonly averages: readonly RecordedAverage[];
  /** Samples that were classified rightly; null where there are no classes. */
  readonly correct: number | null;
}
