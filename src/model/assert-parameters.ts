import { ModelError } from './model-error.ts';
import type { ParameterLayout } from './parameter-layout.ts';

/** @throws ModelError `model/wrong-shape` unless there are as many as the architecture has */
export function assertParameters(layout: ParameterLayout, parameters: Float32Array): void {
  if (parameters.length === layout.parameterCount) return;
  const reason = `${parameters.length} numbers, but the architecture has ${layout.parameterCount}`;
  throw new ModelError('model/wrong-shape', `parameters: ${reason}`);
}
