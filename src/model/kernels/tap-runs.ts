import type { backend_util } from '@tensorflow/tfjs-core';

/** One tap of a filter along one row of outputs, as far as it lies on the image. */
export interface TapRun {
  /** Row by row in the filter. */
  readonly tap: number;
  /** Index of the pixel under the tap for the first output, counted over the whole batch. */
  readonly image: number;
  /** Pixels from there to that for the next output. */
  readonly step: number;
  /** Index of the first output pixel, counted over the whole batch. */
  readonly output: number;
  /** Outputs in the run. */
  readonly count: number;
}

/** The runs of a convolution: sample by sample, tap by tap, row by row. */
export function* tapRuns(info: backend_util.Conv2DInfo): Generator<TapRun> {
  const rows = axisTaps(info.filterHeight, info.dilationHeight, info.strideHeight, {
    before: info.padInfo.top,
    length: info.inHeight,
    outputs: info.outHeight,
  });
  const columns = axisTaps(info.filterWidth, info.dilationWidth, info.strideWidth, {
    before: info.padInfo.left,
    length: info.inWidth,
    outputs: info.outWidth,
  });
  for (let sample = 0; sample < info.batchSize; sample++) {
    for (const row of rows) {
      for (const column of columns) {
        for (let y = row.first; y < row.end; y++) {
          const imageRow = sample * info.inHeight + y * info.strideHeight + row.offset;
          yield {
            tap: row.tap * info.filterWidth + column.tap,
            image: imageRow * info.inWidth + column.first * info.strideWidth + column.offset,
            step: info.strideWidth,
            output: (sample * info.outHeight + y) * info.outWidth + column.first,
            count: column.end - column.first,
          };
        }
      }
    }
  }
}

interface Axis {
  /** Zeros before the image. */
  readonly before: number;
  readonly length: number;
  readonly outputs: number;
}

/** For each tap along an axis, which outputs see the image through it, and where: output × stride + offset. */
function axisTaps(taps: number, dilation: number, stride: number, { before, length, outputs }: Axis) {
  return Array.from({ length: taps }, (_, tap) => {
    const offset = tap * dilation - before;
    const first = Math.max(0, Math.ceil(-offset / stride));
    const end = Math.min(outputs, Math.floor((length - 1 - offset) / stride) + 1);
    return { tap, offset, first, end };
  }).filter(({ first, end }) => first < end);
}
