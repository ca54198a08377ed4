import type { Architecture } from './architecture.ts';
import { blueprintOf } from './blueprint-of.ts';
import type { LayerSpec } from './layer-spec.ts';
import { layersOf } from './layers/layers-of.ts';

/** Layers that weigh what they take; the last of them makes classes of features. */
const PRODUCTS: readonly LayerSpec['kind'][] = ['dense', 'convolution', 'depthwise'];

export interface FeatureLayer {
  /** Its place among the architecture's layers. */
  readonly index: number;
  readonly name: string;
  /** Numbers that it gives for a sample. */
  readonly width: number;
}

/**
 * The layer whose output is an architecture's embedding of a sample: what its last product layer takes.
 * @returns null where that layer takes the input itself, as in a logistic model
 */
export function featureLayer(architecture: Architecture): FeatureLayer | null {
  const { nodes } = blueprintOf(architecture);
  const [index] = nodes.findLast(({ spec }) => PRODUCTS.includes(spec.kind))?.inputs ?? [];
  const placed = index === undefined ? undefined : layersOf(architecture)[index];
  if (index === undefined || placed === undefined) return null;
  return { index, name: placed.name, width: placed.layer.outputShape.reduce((product, side) => product * side, 1) };
}
