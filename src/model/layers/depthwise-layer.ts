import {
  backend_util,
  DepthwiseConv2dNativeBackpropFilter,
  DepthwiseConv2dNativeBackpropInput,
  engine,
  fused,
  type Tensor,
  type Tensor4D,
} from '@tensorflow/tfjs-core';
import type { LayerSpecOf } from '../layer-spec.ts';
import { biasGradient } from './bias-gradient.ts';
import { depthwiseNorms } from './depthwise-norms.ts';
import type { ImageShape } from './image-shape.ts';
import type { Layer, LayerPass, ParameterTensor } from './layer.ts';
import { reluGradient } from './relu-gradient.ts';
import { weighSamples } from './weigh-samples.ts';

type Spec = LayerSpecOf<'depthwise'>;
type Shape4D = [number, number, number, number];

/** A convolution of each channel by itself, with or without bias and relu. */
export function createDepthwiseLayer(spec: Spec, image: ImageShape): Layer {
  const { kernel, strides, dilations, padding, multiplier } = spec;
  const shape: Shape4D = [...kernel, image[2], multiplier];
  const info = backend_util.computeConv2DInfo([1, ...image], shape, strides, dilations, padding, 'floor', true);
  const filter: ParameterTensor = { name: 'filter', shape, initial: 'glorot', trained: true };
  const bias: ParameterTensor = { name: 'bias', shape: [info.outChannels], initial: 'zeros', trained: true };
  return {
    outputShape: [info.outHeight, info.outWidth, info.outChannels],
    parameters: spec.bias ? [filter, bias] : [filter],
    forward: ([input], parameters) => convolve(spec, info, input as Tensor4D, parameters),
  };
}

function convolve(
  spec: Spec,
  info: backend_util.Conv2DInfo,
  x: Tensor4D,
  [filter, bias]: readonly Tensor[],
): LayerPass {
  const { strides, dilations, padding: pad, activation } = spec;
  const settings = { strides, dilations, pad };
  const operands = { x, filter: filter as Tensor4D, ...(bias && { bias }) };
  const output = fused.depthwiseConv2d({ ...operands, ...settings, activation });
  const filterShape = (filter as Tensor4D).shape;
  return {
    output,
    backward: (outputGradient) => {
      const gradient = activation === 'relu' ? reluGradient(outputGradient, output) : outputGradient;
      const run = (kernel: string, tensors: Record<string, Tensor>, more: object): Tensor =>
        engine().runKernel(kernel, tensors, { ...settings, ...more });
      return {
        parameters: (weights) => {
          const dy = weighSamples(gradient, weights);
          const product = run(DepthwiseConv2dNativeBackpropFilter, { x, dy }, { filterShape });
          return bias ? [product, biasGradient(dy)] : [product];
        },
        squaredNorms: () => depthwiseNorms(x, gradient, info, spec.bias),
        inputs: () => {
          const tensors = { dy: gradient, filter: filter as Tensor };
          return [run(DepthwiseConv2dNativeBackpropInput, tensors, { inputShape: x.shape })];
        },
      };
    },
  };
}
