import { addN, type Tensor, type Tensor1D, tensor1d } from '@tensorflow/tfjs-core';
import { backward, type NetworkPass } from './layer-graph.ts';
import { ModelError } from './model-error.ts';

/** A norm in 32-bit arithmetic may come out this share too small; what is clipped stays below the bound by as much. */
const ROUNDING_MARGIN = 1e-4;

/**
 * Each sample's gradient, clipped, and summed.
 * @param outputGradient each sample's own, not divided by their number
 * @returns unclipped norms; trained tensors' gradients, one list for each layer
 * @throws ModelError `model/samples-mixed`
 */
export function clippedSum(
  pass: NetworkPass,
  outputGradient: Tensor,
  clipNorm: number,
): { norms: Float32Array; gradients: Tensor[][] } {
  const mixing = pass.layers.find(({ layer }) => layer.mixesSamples !== undefined);
  if (mixing !== undefined) {
    const reason = `layer ${mixing.name} ${mixing.layer.mixesSamples}, so no sample has a gradient of its own to clip`;
    throw new ModelError('model/samples-mixed', `private training: ${reason}; use an architecture without it`);
  }
  const layers = backward(pass, outputGradient);
  const squares = layers.map((layer) => layer.squaredNorms()).filter((norms) => norms !== null);
  const norms = addN(squares).dataSync<'float32'>().map(Math.sqrt);
  const limit = clipNorm * (1 - ROUNDING_MARGIN);
  const weights: Tensor1D = tensor1d(norms.map((norm) => (norm > limit ? limit / norm : 1)));
  return { norms, gradients: layers.map((layer) => layer.parameters(weights)) };
}
