import type { Blueprint, BlueprintNode } from '../blueprint.ts';
import type { LayerSpec, LayerSpecOf } from '../layer-spec.ts';

/** Puts nodes together, each behind the one before unless told otherwise. */
export interface BlueprintBuilder {
  /** @returns the node's index, for `inputs` of a later one */
  add(name: string, spec: LayerSpec, inputs?: number[]): number;
  finish(): Blueprint;
}

/** A blueprint without nodes yet, for samples of that shape. */
export function createBlueprintBuilder(inputShape: readonly number[]): BlueprintBuilder {
  const nodes: BlueprintNode[] = [];
  return {
    add: (name, spec, inputs = nodes.length === 0 ? [] : [nodes.length - 1]) => nodes.push({ name, spec, inputs }) - 1,
    finish: () => ({ inputShape, nodes }),
  };
}

/** The values that networks for images mostly share. */
export const IMAGE_WINDOW = { kernel: [3, 3], strides: [1, 1], dilations: [1, 1], padding: 'same' } satisfies Partial<
  LayerSpecOf<'convolution'>
>;

/** What is customary; averages follow over about a hundred steps. */
export const BATCH_NORMALIZATION = {
  kind: 'batch-normalization',
  momentum: 0.9,
  epsilon: 1e-5,
  scale: true,
  shift: true,
} satisfies LayerSpec;
