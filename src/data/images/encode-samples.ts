import { encode } from 'fast-png';
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
  const sign = Math.sign(inputScaling.scale[0] ?? 1) || 1;
  const [least, most] = rangeOf(inputs, sign);
  return indices.map((index) => {
    const data = Uint8Array.from(inputs.subarray(index * length, (index + 1) * length), (input) =>
      most === least ? 0 : Math.round((255 * (sign * input - least)) / (most - least)),
    );
    return encode({ width, height, channels, depth: 8, data });
  });
}

function rangeOf(inputs: Float32Array, sign: number): [number, number] {
  let [least, most] = [Infinity, -Infinity];
  for (const input of inputs) {
    least = Math.min(least, sign * input);
    most = Math.max(most, sign * input);
  }
  return [least, most];
}
