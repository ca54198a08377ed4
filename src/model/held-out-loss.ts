import type { Evaluation, TrainingRun } from './engine.ts';
import type { Examples } from './examples.ts';
import { ModelError } from './model-error.ts';

/**
 * The loss on a run's held-out samples.
 * @returns a function that throws ModelError `model/no-examples` where there are none, and what `evaluate` throws
 */
export function heldOutLoss(
  evaluate: (parameters: Float32Array, examples: Examples) => Evaluation,
  { heldOut }: TrainingRun,
): (parameters: Float32Array) => number {
  return (parameters) => {
    if (heldOut !== undefined) return evaluate(parameters, heldOut).loss;
    throw new ModelError('model/no-examples', 'training: patience needs held-out samples; give some, or leave it out');
  };
}
