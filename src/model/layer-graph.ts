import { add, type Tensor } from '@tensorflow/tfjs-core';
import type { LayerGradients, LayerPass, TrainingPass } from './layers/layer.ts';
import type { PlacedLayer } from './layers/layers-of.ts';

/** A pass through all layers, and what is needed for the way back. */
export interface NetworkPass {
  readonly layers: readonly PlacedLayer[];
  /** One for each layer. */
  readonly passes: readonly LayerPass[];
  /** The last layer's. */
  readonly output: Tensor;
}

/** @param tensors the parameters of all layers, in order */
export function forward(
  layers: readonly PlacedLayer[],
  input: Tensor,
  tensors: readonly Tensor[],
  training: TrainingPass | null,
): NetworkPass {
  const passes: LayerPass[] = [];
  let used = 0;
  for (const { layer, inputs } of layers) {
    const given = inputs.length === 0 ? [input] : inputs.map((index) => (passes[index] as LayerPass).output);
    passes.push(layer.forward(given, tensors.slice(used, used + layer.parameters.length), training));
    used += layer.parameters.length;
  }
  return { layers, passes, output: (passes.at(-1) as LayerPass).output };
}

/** The way back to what the network was given. @param outputGradient with respect to the network's output */
export function backwardToInput(pass: NetworkPass, outputGradient: Tensor): Tensor {
  const layers = backward(pass, outputGradient);
  return layers
    .filter((_, index) => pass.layers[index]?.inputs.length === 0)
    .flatMap((layer) => layer.inputs())
    .reduce((sum, gradient) => add(sum, gradient));
}

/**
 * The way back, last layer to first; a layer whose output goes to several gets the sum of their gradients.
 * @param outputGradient with respect to the network's output
 * @returns one for each layer, in order
 */
export function backward({ layers, passes }: NetworkPass, outputGradient: Tensor): LayerGradients[] {
  const arrived: (Tensor | undefined)[] = layers.map(() => undefined);
  arrived[layers.length - 1] = outputGradient;
  const gradients: LayerGradients[] = [];
  for (let index = layers.length - 1; index >= 0; index--) {
    const { inputs } = layers[index] as PlacedLayer;
    const layer = (passes[index] as LayerPass).backward(arrived[index] as Tensor);
    gradients.unshift(layer);
    if (inputs.length === 0) continue;
    for (const [place, gradient] of layer.inputs().entries()) {
      const source = inputs[place] as number;
      const others = arrived[source];
      arrived[source] = others === undefined ? gradient : add(others, gradient);
    }
  }
  return gradients;
}
