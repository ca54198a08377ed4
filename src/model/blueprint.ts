import type { LayerSpec } from './layer-spec.ts';

/** A layer and where its input comes from. */
export interface BlueprintNode {
  /** Unique within the blueprint; its parameters are called `<name>.<tensor>`. */
  readonly name: string;
  readonly spec: LayerSpec;
  /** Indices of earlier nodes whose outputs it takes; the network's input if empty. */
  readonly inputs: readonly number[];
}

/** A network as a graph of layers, in an order in which they can be computed; the last node's output is the network's. */
export interface Blueprint {
  /** Shape of one sample. */
  readonly inputShape: readonly number[];
  readonly nodes: readonly BlueprintNode[];
}
