import type { Blueprint } from '../blueprint.ts';
import { ModelError } from '../model-error.ts';
import { createLayer } from './create-layer.ts';
import type { Layer } from './layer.ts';

/** A layer in its place in the graph. */
export interface PlacedLayer {
  readonly name: string;
  /** Indices of the layers whose outputs it takes; the network's input if empty. */
  readonly inputs: readonly number[];
  readonly layer: Layer;
}

/**
 * The layers of a blueprint, in its order, with their shapes worked out.
 * @throws ModelError `model/invalid-architecture` if a layer does not fit what it is given
 */
export function layersOf({ inputShape, nodes }: Blueprint): PlacedLayer[] {
  const placed: PlacedLayer[] = [];
  for (const { name, spec, inputs } of nodes) {
    const shapes = inputs.map((index) => (placed[index] as PlacedLayer).layer.outputShape);
    const layer = createLayer(name, spec, inputs.length === 0 ? [inputShape] : shapes);
    if (layer.outputShape.some((length) => length < 1)) {
      const reason = `layer ${name} leaves no pixel; use fewer or smaller windows, larger images or padding "same"`;
      throw new ModelError('model/invalid-architecture', `architecture: ${reason}`);
    }
    placed.push({ name, inputs, layer });
  }
  return placed;
}
