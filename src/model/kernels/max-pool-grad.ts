import { backend_util, type TensorInfo } from '@tensorflow/tfjs-core';
import type { WasmKernel } from './wasm-kernel.ts';

type Shape4D = [number, number, number, number];
type PoolInfo = backend_util.Conv2DInfo;

type Attributes = {
  filterSize: [number, number] | number;
  strides: [number, number] | number;
  pad: 'same' | 'valid' | number | backend_util.ExplicitPadding;
  dimRoundingMode?: 'floor' | 'round' | 'ceil';
};

/**
 * The gradient of a max-pool, in one pass over the heap: each output's gradient goes to the first largest input of its
 * window. Replaces a kernel that searches, for every input, all windows that hold it.
 */
export function maxPoolGrad(): WasmKernel {
  return ({ backend, inputs, attrs }) => {
    const { dy, input } = inputs as { dy: TensorInfo; input: TensorInfo };
    const { filterSize, strides, pad, dimRoundingMode } = attrs as unknown as Attributes;
    const info = backend_util.computePool2DInfo(input.shape as Shape4D, filterSize, strides, 1, pad, dimRoundingMode);
    const dx = backend.makeOutput(input.shape, 'float32');
    const target = backend.typedArrayFromHeap(dx) as Float32Array;
    target.fill(0);
    const [pixels, gradient] = [input, dy].map((tensor) => backend.typedArrayFromHeap(tensor) as Float32Array);
    scatter(info, pixels as Float32Array, gradient as Float32Array, target);
    return dx;
  };
}

/** A window clipped to the image: `width` × `rows` pixels from index `first`, and where its gradient lies in `dy`. */
interface Window {
  readonly first: number;
  readonly rows: number;
  readonly width: number;
  readonly output: number;
}

function scatter(info: PoolInfo, input: Float32Array, dy: Float32Array, dx: Float32Array): void {
  const channels = info.inChannels;
  const rowStride = info.inWidth * channels;
  for (const { first, rows, width, output } of windowsOf(info)) {
    for (let channel = 0; channel < channels; channel++) {
      const gradient = dy[output + channel] as number;
      if (gradient === 0) continue;
      let best = first + channel;
      let most = input[best] as number;
      for (let row = first + channel, end = row + rows * rowStride; row < end; row += rowStride) {
        for (let index = row, rowEnd = row + width * channels; index < rowEnd; index += channels) {
          const value = input[index] as number;
          if (value <= most) continue;
          most = value;
          best = index;
        }
      }
      dx[best] = (dx[best] as number) + gradient;
    }
  }
}

function* windowsOf(info: PoolInfo): Generator<Window> {
  const { inHeight, inWidth, inChannels } = info;
  let output = 0;
  for (let sample = 0; sample < info.batchSize; sample++) {
    for (let y = 0; y < info.outHeight; y++) {
      const [top, bottom] = clip(y * info.strideHeight - info.padInfo.top, info.filterHeight, inHeight);
      for (let x = 0; x < info.outWidth; x++, output += inChannels) {
        const [left, right] = clip(x * info.strideWidth - info.padInfo.left, info.filterWidth, inWidth);
        const first = ((sample * inHeight + top) * inWidth + left) * inChannels;
        yield { first, rows: bottom - top, width: right - left, output };
      }
    }
  }
}

function clip(start: number, length: number, limit: number): [number, number] {
  return [Math.max(0, start), Math.min(limit, start + length)];
}
