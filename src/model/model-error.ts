import { ConsiliumError } from '../base/errors.ts';

/**
 * - `model/invalid-architecture`: layers that do not fit each other or are larger than we serve
 * - `model/untranslatable`: a LayersModel that our layers cannot express
 * - `model/wrong-shape`: parameters or examples that do not belong to the architecture
 * - `model/no-examples`: nothing to train or evaluate on
 * - `model/unsuitable-training`: a training option that the architecture has no use for
 * - `model/diverged`: the loss or a parameter is no longer a finite number
 * - `model/samples-mixed`: a layer in which samples depend on each other, where each must be clipped by itself
 * - `model/training-reveals`: training options that use samples without noise, where the training is to be private
 * - `model/engine-unavailable`: the numeric backend could not be started
 */
export type ModelErrorCode =
  | 'model/invalid-architecture'
  | 'model/untranslatable'
  | 'model/wrong-shape'
  | 'model/no-examples'
  | 'model/unsuitable-training'
  | 'model/diverged'
  | 'model/samples-mixed'
  | 'model/training-reveals'
  | 'model/engine-unavailable';

/** Everything that `src/model` throws on purpose. */
export class ModelError extends ConsiliumError<ModelErrorCode> {}
