import { checkArchitecture } from './check-architecture.ts';
import type { Model } from './engine.ts';
import { createCoxModel } from './survival/cox-model.ts';
import { createTensorModel } from './tensor-model.ts';

/** A {@link Model}; networks compute on the tfjs backend that is active. @throws ModelError `model/invalid-architecture` */
export function createModel(stated: unknown): Model {
  const architecture = checkArchitecture(stated);
  return architecture.kind === 'cox' ? createCoxModel(architecture) : createTensorModel(architecture);
}
