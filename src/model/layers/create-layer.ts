import type { LayerSpec } from '../layer-spec.ts';
import { ModelError } from '../model-error.ts';
import { createConvolutionLayer } from './convolution-layer.ts';
import { createDenseLayer } from './dense-layer.ts';
import type { ImageShape } from './image-shape.ts';
import type { Layer } from './layer.ts';
import { createMaxPoolLayer } from './max-pool-layer.ts';

/**
 * @param inputShapes of one sample, one for each input
 * @throws ModelError `model/invalid-architecture` if the layer cannot take these inputs
 */
export function createLayer(name: string, spec: LayerSpec, inputShapes: readonly (readonly number[])[]): Layer {
  const [shape = []] = inputShapes;
  if (inputShapes.length !== 1) throw misfit(name, `one input, not ${inputShapes.length}`);
  const image = (): ImageShape => {
    const [height, width, channels] = shape;
    if (shape.length === 3 && height && width && channels) return [height, width, channels];
    throw misfit(name, `[height, width, channels], not [${shape}]`);
  };
  switch (spec.kind) {
    case 'dense':
      return createDenseLayer(spec, shape);
    case 'convolution':
      return createConvolutionLayer(spec, image());
    case 'max-pool':
      return createMaxPoolLayer(spec, image());
  }
}

function misfit(name: string, wanted: string): ModelError {
  return new ModelError('model/invalid-architecture', `architecture: layer ${name} takes ${wanted}`);
}
