import type { Blueprint, BlueprintNode } from '../blueprint.ts';
import type { LayerSpec } from '../layer-spec.ts';

/** Puts nodes together, each behind the one before unless told otherwise. */
export interface BlueprintBuilder {
  /** @returns the node's index, for `inputs` of a later one */
  add(name: string, spec: LayerSpec, inputs?: readonly number[]): number;
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
