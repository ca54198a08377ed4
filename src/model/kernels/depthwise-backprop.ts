import { backend_util, type TensorInfo } from '@tensorflow/tfjs-core';
import { tapRuns } from './tap-runs.ts';
import type { KernelCall, WasmKernel } from './wasm-kernel.ts';

type Shape4D = [number, number, number, number];

type Attributes = {
  strides: [number, number] | number;
  dilations: [number, number] | number;
  pad: 'same' | 'valid' | number;
  dimRoundingMode?: 'floor' | 'round' | 'ceil';
  filterShape: Shape4D;
  inputShape: Shape4D;
};

/** The gradient of a depthwise convolution with respect to its filter, which the wasm backend lacks. */
export function depthwiseBackpropFilter(): WasmKernel {
  return (call) => {
    const { x, dy } = call.inputs as { x: TensorInfo; dy: TensorInfo };
    const { filterShape } = call.attrs as unknown as Attributes;
    const gradient = zeros(call, filterShape);
    const [image, slopes, target] = views(call, x, dy, gradient);
    const [, , channels, multiplier] = filterShape;
    const outputs = channels * multiplier;
    for (const run of tapRuns(geometry(call, x.shape, filterShape))) {
      let output = run.output * outputs;
      for (let place = run.image, i = 0; i < run.count; i++, place += run.step) {
        let filter = run.tap * outputs;
        for (let channel = place * channels, end = channel + channels; channel < end; channel++) {
          const value = image[channel] as number;
          for (let m = 0; m < multiplier; m++, filter++)
            target[filter] = (target[filter] as number) + value * (slopes[output++] as number);
        }
      }
    }
    return gradient;
  };
}

/** The gradient of a depthwise convolution with respect to its input, which the wasm backend lacks. */
export function depthwiseBackpropInput(): WasmKernel {
  return (call) => {
    const { dy, filter } = call.inputs as { dy: TensorInfo; filter: TensorInfo };
    const { inputShape } = call.attrs as unknown as Attributes;
    const gradient = zeros(call, inputShape);
    const [slopes, factors, target] = views(call, dy, filter, gradient);
    const [, , channels, multiplier] = filter.shape as Shape4D;
    const outputs = channels * multiplier;
    for (const run of tapRuns(geometry(call, inputShape, filter.shape))) {
      let output = run.output * outputs;
      for (let place = run.image, i = 0; i < run.count; i++, place += run.step) {
        let factor = run.tap * outputs;
        for (let channel = place * channels, end = channel + channels; channel < end; channel++) {
          let sum = target[channel] as number;
          for (let m = 0; m < multiplier; m++) sum += (slopes[output++] as number) * (factors[factor++] as number);
          target[channel] = sum;
        }
      }
    }
    return gradient;
  };
}

function zeros({ backend }: KernelCall, shape: Shape4D): TensorInfo {
  const result = backend.makeOutput(shape, 'float32');
  (backend.typedArrayFromHeap(result) as Float32Array).fill(0);
  return result;
}

/** Views on the heap; to be taken when nothing is allocated any more, since allocating can move the heap. */
function views({ backend }: KernelCall, ...tensors: [TensorInfo, TensorInfo, TensorInfo]) {
  return tensors.map((tensor) => backend.typedArrayFromHeap(tensor)) as [Float32Array, Float32Array, Float32Array];
}

function geometry({ attrs }: KernelCall, input: readonly number[], filter: readonly number[]) {
  const { strides, dilations, pad, dimRoundingMode } = attrs as unknown as Attributes;
  const shapes = [input as Shape4D, filter as Shape4D] as const;
  return backend_util.computeConv2DInfo(...shapes, strides, dilations, pad, dimRoundingMode, true);
}
