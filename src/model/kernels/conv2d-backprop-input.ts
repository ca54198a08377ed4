import { backend_util, Conv2D, Reverse, type TensorInfo, Transpose } from '@tensorflow/tfjs-core';
import { type KernelCall, release, type WasmKernel, wasmKernel } from './wasm-kernel.ts';

type Shape4D = [number, number, number, number];

type Attributes = {
  strides: [number, number] | number;
  dilations?: [number, number] | number;
  pad: 'same' | 'valid' | number | backend_util.ExplicitPadding;
  dimRoundingMode?: 'floor' | 'round' | 'ceil';
  inputShape: Shape4D;
};

/**
 * The gradient of a convolution with respect to its input: the full convolution of the output's gradient, its pixels
 * spread by the forward stride, with the reversed, transposed filter. On XNNPACK this is about seven times as fast as the
 * backend's own plain loops, even where a stride makes it multiply with zeros; and it knows dilations. NHWC only.
 */
export function conv2dBackpropInput(): WasmKernel {
  const reverse = wasmKernel(Reverse);
  const transpose = wasmKernel(Transpose);
  const convolve = wasmKernel(Conv2D);
  return (call) => {
    const { backend, inputs } = call;
    const { dy, filter } = inputs as { dy: TensorInfo; filter: TensorInfo };
    const info = geometry(call);
    const isSpread = info.strideHeight > 1 || info.strideWidth > 1;
    const spread = isSpread ? spreadPixels(call, dy, info) : dy;
    const reversed = reverse({ backend, inputs: { x: filter }, attrs: { dims: [0, 1] } });
    const swapped = transpose({ backend, inputs: { x: reversed }, attrs: { perm: [0, 1, 3, 2] } });
    const dilations = [info.dilationHeight, info.dilationWidth];
    const settings = { strides: 1, dilations, pad: fullPadding(info), dataFormat: 'NHWC' };
    const gradient = convolve({ backend, inputs: { x: spread, filter: swapped }, attrs: settings });
    release(backend, reversed, swapped, ...(isSpread ? [spread] : []));
    return gradient;
  };
}

function geometry({ inputs, attrs }: KernelCall): backend_util.Conv2DInfo {
  const { strides, dilations = 1, pad, dimRoundingMode, inputShape } = attrs as unknown as Attributes;
  const filterShape = (inputs['filter'] as TensorInfo).shape as Shape4D;
  return backend_util.computeConv2DInfo(inputShape, filterShape, strides, dilations, pad, dimRoundingMode);
}

/** The padding that turns the forward convolution round. */
function fullPadding(info: backend_util.Conv2DInfo): backend_util.ExplicitPadding {
  const top = info.effectiveFilterHeight - 1 - info.padInfo.top;
  const left = info.effectiveFilterWidth - 1 - info.padInfo.left;
  const bottom = info.inHeight - 1 - (info.outHeight - 1) * info.strideHeight + info.padInfo.top;
  const right = info.inWidth - 1 - (info.outWidth - 1) * info.strideWidth + info.padInfo.left;
  return [
    [0, 0],
    [top, bottom],
    [left, right],
    [0, 0],
  ];
}

/** Puts the pixels a stride apart, with zeros between. */
function spreadPixels({ backend }: KernelCall, dy: TensorInfo, info: backend_util.Conv2DInfo): TensorInfo {
  const { batchSize, outHeight, outWidth, outChannels, strideHeight, strideWidth } = info;
  const [height, width] = [(outHeight - 1) * strideHeight + 1, (outWidth - 1) * strideWidth + 1];
  const result = backend.makeOutput([batchSize, height, width, outChannels], 'float32');
  const target = backend.typedArrayFromHeap(result) as Float32Array;
  const source = backend.typedArrayFromHeap(dy) as Float32Array;
  target.fill(0);
  for (let row = 0, from = 0; row < batchSize * outHeight; row++) {
    const [sample, y] = [Math.floor(row / outHeight), row % outHeight];
    let to = (sample * height + y * strideHeight) * width * outChannels;
    for (let x = 0; x < outWidth; x++, from += outChannels, to += strideWidth * outChannels)
      for (let channel = 0; channel < outChannels; channel++) target[to + channel] = source[from + channel] as number;
  }
  return result;
}
