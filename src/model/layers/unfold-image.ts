import { type backend_util, concat, pad, stridedSlice, type Tensor, type Tensor4D } from '@tensorflow/tfjs-core';

/**
 * For each tap of a filter, row by row, the input pixels that it is multiplied with: one tensor
 * [samples, outHeight, outWidth, channels] a tap.
 */
export function tapsOf(input: Tensor, info: backend_util.Conv2DInfo): Tensor4D[] {
  const padded = padForTaps(input, info);
  const samples = input.shape[0] ?? 1;
  const taps: Tensor4D[] = [];
  for (let row = 0; row < info.filterHeight; row++) {
    for (let column = 0; column < info.filterWidth; column++) {
      const [y, x] = [row * info.dilationHeight, column * info.dilationWidth];
      const end = [
        samples,
        y + (info.outHeight - 1) * info.strideHeight + 1,
        x + (info.outWidth - 1) * info.strideWidth + 1,
        info.inChannels,
      ];
      const steps = [1, info.strideHeight, info.strideWidth, 1];
      taps.push(stridedSlice(padded, [0, y, x, 0], end, steps) as Tensor4D);
    }
  }
  return taps;
}

/** {@link tapsOf} side by side: [samples, outHeight, outWidth, taps × channels], channels changing fastest. */
export function unfoldImage(input: Tensor, info: backend_util.Conv2DInfo): Tensor4D {
  return concat<Tensor4D>(tapsOf(input, info), 3);
}

/** Zeros around the image as the convolution has them, and as many more as the last window of a stride may touch. */
function padForTaps(input: Tensor, info: backend_util.Conv2DInfo): Tensor4D {
  const { top, left } = info.padInfo;
  const lower = (info.outHeight - 1) * info.strideHeight + (info.filterHeight - 1) * info.dilationHeight + 1;
  const right = (info.outWidth - 1) * info.strideWidth + (info.filterWidth - 1) * info.dilationWidth + 1;
  return pad(input as Tensor4D, [
    [0, 0],
    [top, Math.max(0, lower - info.inHeight - top)],
    [left, Math.max(0, right - info.inWidth - left)],
    [0, 0],
  ]);
}
