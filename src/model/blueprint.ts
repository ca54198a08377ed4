import { z } from 'zod';
import { layerSpecSchema } from './layer-spec.ts';

/** Beyond this many layers a network is too deep to train at a hospital, and its description too long for a manifest. */
const MAX_NODES = 512;

/** A layer and where its input comes from. */
const blueprintNodeSchema = z.strictObject({
  /** Unique within the blueprint; its parameters are called `<name>.<tensor>`. */
  name: z.string().regex(/^[\w/-]{1,64}$/, 'must be 1 to 64 letters, digits, "_", "-" or "/"'),
  spec: layerSpecSchema,
  /** Indices of earlier nodes whose outputs it takes; the network's input if empty. */
  inputs: z.array(z.int().min(0)).max(64),
});

/** Layers in an order in which they can be computed, each with its own name, and none in vain. */
export const blueprintNodesSchema = z
  .array(blueprintNodeSchema)
  .min(1)
  .max(MAX_NODES)
  .refine((nodes) => new Set(nodes.map(({ name }) => name)).size === nodes.length, {
    error: 'two layers have one name',
  })
  .refine((nodes) => nodes.every(({ inputs }, index) => inputs.every((input) => input < index)), {
    error: 'a layer takes its input from one that is not before it',
  })
  .refine((nodes) => new Set(nodes.flatMap(({ inputs }) => inputs)).size === nodes.length - 1, {
    error: "a layer's output is used by no other layer",
  });

export type BlueprintNode = z.infer<typeof blueprintNodeSchema>;

/** A network as a graph of layers, in an order in which they can be computed; the last node's output is the network's. */
export interface Blueprint {
  /** Shape of one sample. */
  readonly inputShape: readonly number[];
  readonly nodes: readonly BlueprintNode[];
}
