import { type Architecture, outputsOf } from '../architecture.ts';
import { blueprintOf } from '../blueprint-of.ts';
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
 * The layers of an architecture, in an order in which they can be computed, with their shapes worked out.
 * @throws ModelError `model/invalid-architecture` if a layer does not fit what it is given, or the last one not the labels
 */
export function layersOf(architecture: Architecture): PlacedLayer[] {
  const { inputShape, nodes } = blueprintOf(architecture);
  const placed: PlacedLayer[] = [];
  for (const { name, spec, inputs } of nodes) {
    const shapes = inputs.map((index) => (placed[index] as PlacedLayer).layer.outputShape);
    const layer = createLayer(name, spec, inputs.length === 0 ? [inputShape] : shapes);
    if (layer.outputShape.some((length) => length < 1)) {
      throw invalid(`layer ${name} leaves no pixel; use fewer or smaller windows, larger images or padding "same"`);
    }
    placed.push({ name, inputs, layer });
  }
  const last = placed.at(-1) as PlacedLayer;
  if (last.layer.outputShape.join() === `${outputsOf(architecture)}`) return placed;
  throw invalid(
    `layer ${last.name} gives [${last.layer.outputShape}], not [${outputsOf(architecture)}]; end in a dense layer`,
  );
}

function invalid(reason: string): ModelError {
  return new ModelError('model/invalid-architecture', `architecture: ${reason}`);
}
