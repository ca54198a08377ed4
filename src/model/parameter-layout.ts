import type { Architecture } from './architecture.ts';
import type { ParameterTensor } from './layers/layer.ts';
import { layersOf } from './layers/layers-of.ts';
import { ModelError } from './model-error.ts';

/** A model above this does not fit one round's traffic between hospitals; 2^24 float32 parameters are 64 MiB. */
const MAX_PARAMETERS = 2 ** 24;

/** One weight matrix, filter bank, bias or moving average inside the flat parameter array. */
export interface TensorSlot extends ParameterTensor {
  /** Index of the first element in the flat array. */
  readonly offset: number;
  /** Number of elements. */
  readonly size: number;
}

/** Where each tensor lies in the flat `Float32Array`; tensors follow each other without gaps. */
export interface ParameterLayout {
  readonly tensors: readonly TensorSlot[];
  readonly parameterCount: number;
}

/**
 * The layout of an architecture's parameters: layer after layer, tensors in the order in which a layer states them.
 * Tensors are called `<layer>.<tensor>`: `conv1.filter`, `dense1.bias`, …
 * @throws ModelError `model/invalid-architecture` if layers do not fit each other or there are too many parameters
 */
export function layoutOf(architecture: Architecture): ParameterLayout {
  const tensors: TensorSlot[] = [];
  let parameterCount = 0;
  for (const { name, layer } of layersOf(architecture)) {
    for (const tensor of layer.parameters) {
      const size = tensor.shape.reduce((product, side) => product * side, 1);
      tensors.push({ ...tensor, name: `${name}.${tensor.name}`, offset: parameterCount, size });
      parameterCount += size;
    }
  }
  if (parameterCount <= MAX_PARAMETERS) return { tensors, parameterCount };
  const reason = `${parameterCount} parameters are more than ${MAX_PARAMETERS}; use fewer or narrower layers`;
  throw new ModelError('model/invalid-architecture', `architecture: ${reason}`);
}
