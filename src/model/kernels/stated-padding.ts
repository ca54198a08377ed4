import { backend_util, type TensorInfo } from '@tensorflow/tfjs-core';
import type { KernelCall, WasmKernel } from './wasm-kernel.ts';

type Shape4D = [number, number, number, number];

type Attributes = {
  strides: [number, number] | number;
  dilations?: [number, number] | number | null;
  pad: 'same' | 'valid' | number | backend_util.ExplicitPadding;
  dimRoundingMode?: 'floor' | 'round' | 'ceil';
};

/**
 * A forward convolution that is told its padding in numbers where it was asked for `same`: the backend works that out
 * for itself, and reads beside the image where a stride is so much longer than the filter that pixels are left over (a
 * 1 × 1 filter with stride 2 on an even image, as in the shortcut of a residual block).
 */
export function statedPadding(isDepthwise: boolean): (original: WasmKernel) => WasmKernel {
  return (original) => (call) => {
    if (call.attrs['pad'] !== 'same') return original(call);
    const { top, bottom, left, right } = paddingOf(call, isDepthwise);
    const pad = [
      [0, 0],
      [top, bottom],
      [left, right],
      [0, 0],
    ];
    return original({ ...call, attrs: { ...call.attrs, pad } });
  };
}

function paddingOf({ inputs, attrs }: KernelCall, isDepthwise: boolean): backend_util.PadInfo {
  const { x, filter } = inputs as { x: TensorInfo; filter: TensorInfo };
  const { strides, dilations, pad, dimRoundingMode } = attrs as unknown as Attributes;
  const shapes = [x.shape as Shape4D, filter.shape as Shape4D] as const;
  return backend_util.computeConv2DInfo(...shapes, strides, dilations ?? 1, pad, dimRoundingMode, isDepthwise).padInfo;
}
