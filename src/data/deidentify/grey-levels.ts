import type { PixelImage } from './pixel-image.ts';

/** An image of 8-bit levels. */
export interface GreyLevels {
  readonly width: number;
  readonly height: number;
  readonly levels: Uint8Array;
}

/** The share of pixels at either end that may be outliers: hot pixels and padding must not flatten the rest. */
const OUTLIERS = 0.001;
const BINS = 4096;

/**
 * Stretches an image to 0 … 255. Of colours the brightest channel counts, so that coloured text stands out as white does.
 */
export function toGreyLevels(image: PixelImage): GreyLevels {
  const { width, height } = image;
  const bright = brightestChannel(image);
  const [low, high] = innerRange(bright);
  const scale = high > low ? 255 / (high - low) : 0;
  const levels = new Uint8Array(Uint8ClampedArray.from(bright, (value) => (value - low) * scale).buffer);
  return { width, height, levels };
}

function brightestChannel({ width, height, channels, values }: PixelImage): Float64Array {
  const bright = new Float64Array(width * height);
  for (let pixel = 0; pixel < bright.length; pixel++) {
    let most = values[pixel * channels] ?? 0;
    for (let channel = 1; channel < channels; channel++) most = Math.max(most, values[pixel * channels + channel] ?? 0);
    bright[pixel] = Number.isFinite(most) ? most : 0;
  }
  return bright;
}

/** The range that all but the outliers lie in, by a histogram. */
function innerRange(values: Float64Array): [number, number] {
  let [least, most] = [Infinity, -Infinity];
  for (const value of values) {
    if (value < least) least = value;
    if (value > most) most = value;
  }
  const histogram = new Uint32Array(BINS);
  const scale = most > least ? (BINS - 1) / (most - least) : 0;
  for (const value of values) {
    const bin = Math.round((value - least) * scale);
    histogram[bin] = (histogram[bin] ?? 0) + 1;
  }
  const spare = values.length * OUTLIERS;
  const lowest = firstAbove(histogram, spare);
  const highest = BINS - 1 - firstAbove(histogram.toReversed(), spare);
  return highest > lowest ? [least + lowest / scale, least + highest / scale] : [least, most];
}

function firstAbove(histogram: Uint32Array, spare: number): number {
  let seen = 0;
  return histogram.findIndex((count) => {
    seen += count;
    return seen > spare;
  });
}

/** The same upside down, so that dark text becomes bright. */
export function inverted({ width, height, levels }: GreyLevels): GreyLevels {
  return { width, height, levels: levels.map((level) => 255 - level) };
}

/** Half as wide and high, each pixel the mean of four. */
export function halved({ width, height, levels }: GreyLevels): GreyLevels {
  const small = { width: width >> 1, height: height >> 1, levels: new Uint8Array((width >> 1) * (height >> 1)) };
  for (let y = 0; y < small.height; y++) {
    for (let x = 0; x < small.width; x++) {
      const at = 2 * y * width + 2 * x;
      const sum = levels[at]! + levels[at + 1]! + levels[at + width]! + levels[at + width + 1]!;
      small.levels[y * small.width + x] = (sum + 2) >> 2;
    }
  }
  return small;
}
