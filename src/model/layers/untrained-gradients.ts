import type { Tensor } from '@tensorflow/tfjs-core';
import type { LayerGradients } from './layer.ts';

/** Of a layer without parameters: what it passes on to its inputs. */
export function untrainedGradients(inputs: () => Tensor[]): LayerGradients {
  return { parameters: () => [], squaredNorms: () => null, inputs };
}
