import { z } from 'zod';
import type { ArchitectureOf } from '../architecture.ts';
import type { BlueprintNode } from '../blueprint.ts';
import { checkArchitecture } from '../check-architecture.ts';
import { type LayerSpec, layerSpecSchema } from '../layer-spec.ts';
import { createLayer } from '../layers/create-layer.ts';
import { readTopology, type TopologyLayer } from './topology.ts';
import { type TranslatedStep, translateLayer } from './translate-layer.ts';
import { parsePart, untranslatable } from './untranslatable.ts';

/** What one of their layers gives: a node of ours, or the network's input. */
interface Output {
  readonly node: number | null;
  readonly shape: readonly number[];
}

interface Translation {
  readonly nodes: BlueprintNode[];
  readonly outputs: Map<string, Output>;
}

const side = z.int().min(1).max(512);
/** The batch's length is left open. */
const inputShape = z.union([
  z
    .tuple([
      z.null(),
      z
        .int()
        .min(1)
        .max(2 ** 20),
    ])
    .transform(([, features]) => [features]),
  z.tuple([z.null(), side, side, side]).transform(([, ...image]) => image),
]);
const batchShape = z.union([
  z.object({ batch_input_shape: inputShape }).transform((config) => config.batch_input_shape),
  z.object({ batch_shape: inputShape }).transform((config) => config.batch_shape),
]);

/**
 * The architecture of a tfjs LayersModel, without its weights: a study begins from parameters that everybody can make
 * from its seed. The final softmax is left out, since ours have it in the loss.
 * @param document a parsed `model.json`
 * @throws ModelError `model/untranslatable`, `model/invalid-architecture`
 */
export function translateLayersModel(document: unknown): ArchitectureOf<'layers'> {
  const layers = readTopology(document);
  const translation: Translation = { nodes: [], outputs: new Map() };
  const shape = readInput(layers, translation);
  for (const layer of layers) {
    if (layer.className !== 'InputLayer') place(translation, layer, layer === layers.at(-1));
  }
  const [classes = 0, ...others] = translation.outputs.get(layers.at(-1)?.name ?? '')?.shape ?? [];
  if (classes < 2 || others.length > 0) {
    throw untranslatable(
      `gives [${[classes, ...others]}]; end it in a Dense layer with one unit for each class, at least 2`,
    );
  }
  const architecture = checkArchitecture({ kind: 'layers', inputShape: shape, nodes: translation.nodes, classes });
  return architecture as ArchitectureOf<'layers'>;
}

/** The one input: a layer of its own, or what the first layer says. */
function readInput([first, ...others]: readonly TopologyLayer[], { outputs }: Translation): readonly number[] {
  const second = others.find(({ className }) => className === 'InputLayer');
  if (second !== undefined) throw untranslatable(`layer ${second.name} is a second input; samples have one`);
  if (first === undefined) throw untranslatable('has no layer; give one that has');
  const shape = parsePart(batchShape, first.config, `layer ${first.name}`);
  outputs.set(first.className === 'InputLayer' ? first.name : '', { node: null, shape });
  return shape;
}

function place({ nodes, outputs }: Translation, layer: TopologyLayer, isLast: boolean): void {
  let sources = (layer.inputs.length === 0 ? [''] : layer.inputs).flatMap((name) => outputs.get(name) ?? []);
  if (sources.length === 0) throw untranslatable(`layer ${layer.name} takes nothing; connect it to the input`);
  const steps = translateLayer(layer, sources[0]?.shape ?? []);
  steps.forEach((step, index) => {
    const isEnd = index === steps.length - 1;
    if (step === 'softmax') return assertEnd(layer.name, isLast && isEnd);
    const name = nodeName(layer.name, step, steps.length === 1 || isProduct(step, steps));
    sources = [addNode(nodes, { name, spec: parsePart(layerSpecSchema, step, `layer ${layer.name}`) }, sources)];
  });
  outputs.set(layer.name, sources[0] as Output);
}

/** The part that carries the layer's name: of a separable convolution the second, else the first. */
function isProduct(step: LayerSpec, steps: readonly TranslatedStep[]): boolean {
  const products = steps.filter((each) => each !== 'softmax' && 'bias' in each);
  return step === products.at(-1);
}

function nodeName(name: string, { kind }: LayerSpec, isMain: boolean): string {
  const allowed = name.replaceAll(/[^\w/-]/g, '_');
  return isMain ? allowed : `${allowed}/${kind}`;
}

function addNode(nodes: BlueprintNode[], node: Omit<BlueprintNode, 'inputs'>, sources: readonly Output[]): Output {
  const inputs = sources.flatMap((source) => source.node ?? []);
  if (sources.length > 1 && inputs.length < sources.length) {
    throw untranslatable(`layer ${node.name} joins the network's input with another layer; put a layer in between`);
  }
  const layer = createLayer(
    node.name,
    node.spec,
    sources.map(({ shape }) => shape),
  );
  return { node: nodes.push({ ...node, inputs }) - 1, shape: layer.outputShape };
}

function assertEnd(name: string, isEnd: boolean): void {
  if (!isEnd) throw untranslatable(`layer ${name} has a softmax inside the network; use another activation there`);
}
