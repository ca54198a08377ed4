import {
  backend_util,
  Conv2DBackpropFilter,
  Conv2DBackpropInput,
  engine,
  fused,
  type Tensor,
  type Tensor4D,
} from '@tensorflow/tfjs-core';
import type { LayerSpecOf } from '../layer-spec.ts';
import { biasGradient } from './bias-gradient.ts';
import { convolutionNorms } from './convolution-norms.ts';
import type { ImageShape } from './image-shape.ts';
import type { Layer, LayerPass, ParameterTensor } from './layer.ts';
import { reluGradient } from './relu-gradient.ts';
import { weighSamples } from './weigh-samples.ts';

type Shape4D = [number, number, number, number];

/** A convolution, with or without bias and relu. */
export function createConvolutionLayer(spec: LayerSpecOf<'convolution'>, image: ImageShape): Layer {
  const { kernel, strides, dilations, padding, filters } = spec;
  const shape: Shape4D = [...kernel, image[2], filters];
  const info = backend_util.computeConv2DInfo([1, ...image], shape, strides, dilations, padding);
  const filter: ParameterTensor = { name: 'filter', shape, initial: 'glorot', trained: true };
  const bias: ParameterTensor = { name: 'bias', shape: [filters], initial: 'zeros', trained: true };
  return {
    outputShape: [info.outHeight, info.outWidth, filters],
    parameters: spec.bias ? [filter, bias] : [filter],
    forward: ([input], parameters) => convolve(spec, info, input as Tensor4D, parameters),
  };
}

function convolve(
  spec: LayerSpecOf<'convolution'>,
  info: backend_util.Conv2DInfo,
  x: Tensor4D,
  [filter, bias]: readonly Tensor[],
): LayerPass {
  const { strides, dilations, padding: pad, activation } = spec;
  const settings = { strides, dilations, pad, dataFormat: 'NHWC' } as const;
  const output = fused.conv2d({ x, filter: filter as Tensor4D, ...(bias && { bias }), ...settings, activation });
  const filterShape = (filter as Tensor4D).shape;
  return {
    output,
    backward: (outputGradient) => {
      const gradient = activation === 'relu' ? reluGradient(outputGradient, output) : outputGradient;
      return {
        parameters: (weights) => {
          const dy = weighSamples(gradient, weights);
          const product = engine().runKernel<Tensor>(Conv2DBackpropFilter, { x, dy }, { ...settings, filterShape });
          return bias ? [product, biasGradient(dy)] : [product];
        },
        squaredNorms: () => convolutionNorms(x, gradient, info, spec.bias),
        inputs: () => {
          const operands = { dy: gradient, filter: filter as Tensor };
          return [engine().runKernel<Tensor>(Conv2DBackpropInput, operands, { ...settings, inputShape: x.shape })];
        },
      };
    },
  };
}
