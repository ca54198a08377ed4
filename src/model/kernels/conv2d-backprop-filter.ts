import { backend_util, Conv2D, Slice, type TensorInfo, Transpose } from '@tensorflow/tfjs-core';
import { release, type WasmKernel, wasmKernel } from './wasm-kernel.ts';

type Attributes = {
  strides: [number, number] | number;
  pad: 'same' | 'valid' | number | backend_util.ExplicitPadding;
  dilations?: [number, number] | number;
  dimRoundingMode?: 'floor' | 'round' | 'ceil';
  filterShape: [number, number, number, number];
};

/**
 * The gradient of a convolution with respect to its filter, which the wasm backend lacks. It is itself a convolution:
 * of the input [channels, height, width, batch] with the output's gradient [height, width, batch, channels] as its
 * filter, dilated by the forward stride and moved by the forward dilation. NHWC only.
 */
export function conv2dBackpropFilter(): WasmKernel {
  const transpose = wasmKernel(Transpose);
  const convolve = wasmKernel(Conv2D);
  const slice = wasmKernel(Slice);
  return ({ backend, inputs, attrs }) => {
    const { x, dy } = inputs as { x: TensorInfo; dy: TensorInfo };
    const { filterShape } = attrs as unknown as Attributes;
    const { stride, dilation, pad } = geometry(x, attrs as unknown as Attributes);
    const image = transpose({ backend, inputs: { x }, attrs: { perm: [3, 1, 2, 0] } });
    const filter = transpose({ backend, inputs: { x: dy }, attrs: { perm: [1, 2, 0, 3] } });
    const settings = { strides: dilation, dilations: stride, pad, dataFormat: 'NHWC' };
    const wide = convolve({ backend, inputs: { x: image, filter }, attrs: settings });
    const [height, width, channels, filters] = filterShape;
    const size = [channels, height, width, filters];
    const fitting = slice({ backend, inputs: { x: wide }, attrs: { begin: [0, 0, 0, 0], size } });
    const gradient = transpose({ backend, inputs: { x: fitting }, attrs: { perm: [1, 2, 0, 3] } });
    release(backend, image, filter, wide, fitting);
    return gradient;
  };
}

/** Pads so that the convolution gives at least one value per filter tap; rows that no stride reached are sliced off. */
function geometry(x: TensorInfo, { strides, dilations = 1, pad, dimRoundingMode, filterShape }: Attributes) {
  const shape = x.shape as [number, number, number, number];
  const info = backend_util.computeConv2DInfo(shape, filterShape, strides, dilations, pad, dimRoundingMode);
  const missing = (filter: number, out: number, stride: number, padded: number): number =>
    Math.max(0, filter + (out - 1) * stride - padded);
  const { top, left } = info.padInfo;
  const bottom = missing(info.effectiveFilterHeight, info.outHeight, info.strideHeight, info.inHeight + top);
  const right = missing(info.effectiveFilterWidth, info.outWidth, info.strideWidth, info.inWidth + left);
  return {
    stride: [info.strideHeight, info.strideWidth],
    dilation: [info.dilationHeight, info.dilationWidth],
    pad: [
      [0, 0],
      [top, bottom],
      [left, right],
      [0, 0],
    ],
  };
}
