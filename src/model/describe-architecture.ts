import { type Architecture, inputShapeOf } from './architecture.ts';
import { blueprintOf } from './blueprint-of.ts';
import { layersOf } from './layers/layers-of.ts';
import { layoutOf } from './parameter-layout.ts';

export interface ArchitectureDescription {
  /** [features] or [height, width, channels]. */
  readonly inputShape: readonly number[];
  readonly layers: readonly LayerDescription[];
  readonly parameterCount: number;
}

export interface LayerDescription {
  readonly name: string;
  readonly kind: string;
  /** Names of the layers whose outputs it takes; none for the network's input. */
  readonly inputs: readonly string[];
  /** For one sample. */
  readonly outputShape: readonly number[];
  readonly parameterCount: number;
}

/** @throws ModelError `model/invalid-architecture` */
export function describeArchitecture(architecture: Architecture): ArchitectureDescription {
  const { nodes } = blueprintOf(architecture);
  const layers = layersOf(architecture).map(({ name, inputs, layer }, index) => ({
    name,
    kind: nodes[index]?.spec.kind ?? '',
    inputs: inputs.map((input) => nodes[input]?.name ?? ''),
    outputShape: layer.outputShape,
    parameterCount: layer.parameters.reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0),
  }));
  return { inputShape: inputShapeOf(architecture), layers, parameterCount: layoutOf(architecture).parameterCount };
}
