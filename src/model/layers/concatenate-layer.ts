import { concat, split, type Tensor } from '@tensorflow/tfjs-core';
import type { Layer } from './layer.ts';
import { untrainedGradients } from './untrained-gradients.ts';

/** Inputs side by side in the last axis. @param shapes equal but for the last axis */
export function createConcatenateLayer(shapes: readonly (readonly number[])[]): Layer {
  const widths = shapes.map((shape) => shape.at(-1) as number);
  const [first = []] = shapes;
  const axis = first.length;
  return {
    outputShape: [...first.slice(0, -1), widths.reduce((sum, width) => sum + width, 0)],
    parameters: [],
    forward: (inputs) => ({
      output: concat(inputs as Tensor[], axis),
      backward: (gradient) => untrainedGradients(() => split(gradient, widths, axis)),
    }),
  };
}
