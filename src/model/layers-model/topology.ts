import { z } from 'zod';
import { parsePart, untranslatable } from './untranslatable.ts';

const MAX_LAYERS = 512;

/** A layer as the file has it. */
export interface TopologyLayer {
  readonly className: string;
  readonly name: string;
  readonly config: unknown;
  /** Names of the layers whose outputs it takes. */
  readonly inputs: readonly string[];
}

/** Name of a layer, index of its use, index of its output; sometimes arguments of the call. */
const tensorSchema = z.tuple([z.string(), z.int(), z.int()]).rest(z.unknown());
const layerSchema = z.object({
  class_name: z.string(),
  config: z.looseObject({ name: z.string().optional() }),
  inbound_nodes: z.array(z.array(tensorSchema)).default([]),
});
const layersSchema = z.array(layerSchema).min(1).max(MAX_LAYERS);
/** One tensor, in a list or by itself. */
const endSchema = z.union([z.tuple([tensorSchema]), tensorSchema.transform((tensor) => [tensor] as const)]);
const sequentialSchema = z.union([layersSchema, z.object({ layers: layersSchema }).transform(({ layers }) => layers)]);
const functionalSchema = z.object({ layers: layersSchema, input_layers: endSchema, output_layers: endSchema });
const modelSchema = z.object({ class_name: z.string(), config: z.unknown() });

/**
 * The layers of a Sequential or functional model, in an order in which they can be computed.
 * @param document a `model.json`, or its `modelTopology`, of tfjs-layers or the Keras converter
 * @throws ModelError `model/untranslatable`
 */
export function readTopology(document: unknown): TopologyLayer[] {
  const { class_name: kind, config } = parsePart(modelSchema, unwrap(document), 'the file');
  if (kind === 'Sequential') return chained(parsePart(sequentialSchema, config, 'layers'));
  if (kind !== 'Model' && kind !== 'Functional') {
    throw untranslatable(`${kind} is neither Sequential nor functional; export it as one of them`);
  }
  const { layers, output_layers: outputs } = parsePart(functionalSchema, config, 'layers');
  return ordered(layers.map(functionalLayer), outputs[0][0]);
}

/** The converter puts the model into `model_config`, and both into `modelTopology`. */
function unwrap(document: unknown): unknown {
  let inner = document;
  for (const key of ['modelTopology', 'model_config']) {
    if (typeof inner === 'object' && inner !== null && key in inner) inner = (inner as Record<string, unknown>)[key];
  }
  return inner;
}

type Layer = z.infer<typeof layerSchema>;

function chained(layers: readonly Layer[]): TopologyLayer[] {
  const named = layers.map((layer, index) => ({ ...layer, name: layer.config.name ?? `layer${index + 1}` }));
  return named.map(({ class_name: className, name, config }, index) => ({
    className,
    name,
    config,
    inputs: index === 0 ? [] : [named[index - 1]?.name ?? ''],
  }));
}

function functionalLayer({ class_name: className, config, inbound_nodes: uses }: Layer): TopologyLayer {
  const { name } = config;
  if (name === undefined) throw untranslatable(`a ${className} has no name; export the model again`);
  if (uses.length > 1) throw untranslatable(`layer ${name} is used more than once; give each place a layer of its own`);
  return { className, name, config, inputs: (uses[0] ?? []).map(([source]) => source) };
}

/** @param output name of the layer that the model ends in; it comes last */
function ordered(layers: readonly TopologyLayer[], output: string): TopologyLayer[] {
  const placed = new Map<string, TopologyLayer>();
  let waiting = [...layers];
  while (waiting.length > 0) {
    const ready = waiting.filter(({ inputs }) => inputs.every((name) => placed.has(name)));
    if (ready.length === 0)
      throw untranslatable(`layer ${waiting[0]?.name} takes what no layer gives; export it again`);
    for (const layer of ready) placed.set(layer.name, layer);
    waiting = waiting.filter((layer) => !placed.has(layer.name));
  }
  const last = placed.get(output);
  if (last === undefined)
    throw untranslatable(`its output is layer ${output}, which it does not have; export it again`);
  return [...[...placed.values()].filter((layer) => layer !== last), last];
}
