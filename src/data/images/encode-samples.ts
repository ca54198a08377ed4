import { encode } from 'fast-png';
import { byteScale } from '../../base/byte-scale.ts';
import type { Dataset } from '../dataset.ts';

/**
 * Samples of an image data set as PNG files of 8 bits, for people to look at. Black is the smallest value of the whole data set and
 * white the largest, so that brightness compares. Pixels are all that is in them.
 * @param dataset whose samples are [height, width, channels], with 1 or 3 channels
 * @param indices of the samples
 */
export function encodeSamples(dataset: Dataset, indices: readonly number[]): Uint8Array[] {
  const { inputs, inputShape, inputScaling } = dataset;
  const [height = 0, width = 0, channels = 0] = inputShape;
  const length = height * width * channels;
  // Where pixels were scaled by a negative number, the smallest input is the brightest.
  const isInverted = (inputScaling.scale[0] ?? 1) < 0;
  const pixels = isInverted ? inputs.map((input) => -input) : inputs;
  const brightness = byteScale(pixels);
  return indices.map((index) => {
    const data = Uint8Array.from(pixels.subarray(index * length, (index + 1) * length), (pixel) =>
      Math.round(brightness(pixel)),
    );
    return encode({ width, height, channels, depth: 8, data });
  });
}
