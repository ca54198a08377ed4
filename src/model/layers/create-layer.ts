import type { LayerSpec } from '../layer-spec.ts';
import { ModelError } from '../model-error.ts';
import { createActivationLayer } from './activation-layer.ts';
import { createAddLayer } from './add-layer.ts';
import { createAveragePoolLayer } from './average-pool-layer.ts';
import { createBatchNormalizationLayer } from './batch-normalization-layer.ts';
import { createConcatenateLayer } from './concatenate-layer.ts';
import { createConvolutionLayer } from './convolution-layer.ts';
import { createDenseLayer } from './dense-layer.ts';
import { createDepthwiseLayer } from './depthwise-layer.ts';
import { createDropoutLayer } from './dropout-layer.ts';
import { createFlattenLayer } from './flatten-layer.ts';
import { createGlobalAveragePoolLayer } from './global-average-pool-layer.ts';
import type { ImageShape } from './image-shape.ts';
import type { Layer } from './layer.ts';
import { createMaxPoolLayer } from './max-pool-layer.ts';
import { createZeroPaddingLayer } from './zero-padding-layer.ts';

/**
 * @param inputShapes of one sample, one for each input
 * @throws ModelError `model/invalid-architecture` if the layer cannot take these inputs
 */
export function createLayer(name: string, spec: LayerSpec, inputShapes: readonly (readonly number[])[]): Layer {
  assertInputs(name, spec, inputShapes);
  const [shape = []] = inputShapes;
  switch (spec.kind) {
    case 'dense':
      return createDenseLayer(spec, shape);
    case 'batch-normalization':
      return createBatchNormalizationLayer(spec, shape);
    case 'activation':
      return createActivationLayer(spec, shape);
    case 'dropout':
      return createDropoutLayer(spec, shape, name);
    case 'flatten':
      return createFlattenLayer(shape);
    case 'add':
      return createAddLayer(shape);
    case 'concatenate':
      return createConcatenateLayer(inputShapes);
    default:
      return createImageLayer(spec, imageShape(name, shape));
  }
}

type ImageSpec = Extract<LayerSpec, { padding: unknown } | { rows: unknown } | { kind: 'global-average-pool' }>;

function createImageLayer(spec: ImageSpec, image: ImageShape): Layer {
  switch (spec.kind) {
    case 'convolution':
      return createConvolutionLayer(spec, image);
    case 'depthwise':
      return createDepthwiseLayer(spec, image);
    case 'max-pool':
      return createMaxPoolLayer(spec, image);
    case 'average-pool':
      return createAveragePoolLayer(spec, image);
    case 'global-average-pool':
      return createGlobalAveragePoolLayer(image);
    case 'zero-padding':
      return createZeroPaddingLayer(spec, image);
  }
}

function assertInputs(name: string, spec: LayerSpec, shapes: readonly (readonly number[])[]): void {
  const joins = spec.kind === 'add' || spec.kind === 'concatenate';
  if (!joins && shapes.length !== 1) throw misfit(name, `takes one input, not ${shapes.length}`);
  const free = spec.kind === 'concatenate' ? 1 : 0;
  const fixed = shapes.map((shape) => `${shape.length}:${shape.slice(0, shape.length - free)}`);
  if (new Set(fixed).size > 1) throw misfit(name, `cannot join inputs of shapes [${shapes.join('], [')}]`);
  if ('dilations' in spec && Math.max(...spec.strides) > 1 && Math.max(...spec.dilations) > 1)
    throw misfit(name, 'has both strides and dilations above 1, which cannot be trained; use one of them');
}

function imageShape(name: string, shape: readonly number[]): ImageShape {
  const [height, width, channels] = shape;
  if (shape.length === 3 && height && width && channels) return [height, width, channels];
  throw misfit(name, `takes [height, width, channels], not [${shape}]`);
}

function misfit(name: string, reason: string): ModelError {
  return new ModelError('model/invalid-architecture', `architecture: layer ${name} ${reason}`);
}
