import { byteScale } from '../../base/byte-scale.ts';
import type { Dataset } from '../../data/dataset.ts';
import type { PictureExamples } from '../member-pictures.ts';
import { recordsAre } from './records-are.ts';

/** What fits beside each other on a page. */
const LONGEST_SIDE = 128;
const MOST_ATTRIBUTIONS = 8;

export interface ShownRecords {
  readonly records: Dataset;
  /** What {@link Model.inputGradient} gives for them. */
  readonly slopes: Float32Array;
  readonly shown: readonly {
    readonly truth: number;
    readonly predicted: number | null;
    readonly probability: number | null;
  }[];
  readonly inputNames: readonly string[] | null;
}

/** Images with their saliency, or rows of a table with the attributions of their inputs. */
export function showExamples(given: ShownRecords): PictureExamples {
  return recordsAre(given.records) === 'images' ? showImages(given) : showRows(given);
}

/**
 * The saliency of a pixel is the largest absolute slope of its channels. Source: Simonyan, Vedaldi and Zisserman, Deep inside convolutional
 * networks: visualising image classification models and saliency maps, 2014.
 */
function showImages({ records, slopes, shown }: ShownRecords): PictureExamples {
  const [height = 1, width = 1, channels = 1] = records.inputShape;
  const block = Math.ceil(Math.max(height, width) / LONGEST_SIDE);
  const shape = { height, width, channels, block };
  const size = height * width * channels;
  const { offset, scale } = records.inputScaling;
  const raw = records.inputs.map((value, at) => value / at1(scale, at) + at1(offset, at));
  const brightness = byteScale(raw);
  const images = shown.map((judged, i) => {
    const pixels = raw.subarray(i * size, (i + 1) * size);
    const steep = slopes.subarray(i * size, (i + 1) * size).map(Math.abs);
    const saliency = blocks(strongestChannel(steep, channels), { ...shape, channels: 1 }, (values) =>
      Math.max(...values),
    );
    const most = Math.max(...saliency) || 1;
    return {
      ...judged,
      pixels: bytes(blocks(pixels, shape, meanOf).map(brightness)),
      saliency: bytes(saliency.map((value) => (255 * value) / most)),
    };
  });
  return { kind: 'images', height: Math.ceil(height / block), width: Math.ceil(width / block), channels, images };
}

/** A scaling has one entry for each feature, or one for all. */
const at1 = (values: readonly number[], index: number): number => values[index % values.length] as number;

const meanOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

function strongestChannel(values: Float32Array, channels: number): Float32Array {
  return Float32Array.from({ length: values.length / channels }, (_, pixel) =>
    Math.max(...values.subarray(pixel * channels, (pixel + 1) * channels)),
  );
}

interface Blocks {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  /** Side of the square of pixels that becomes one. */
  readonly block: number;
}

function blocks(
  values: Float32Array,
  { height, width, channels, block }: Blocks,
  combine: (values: readonly number[]) => number,
): number[] {
  const made: number[] = [];
  for (let top = 0; top < height; top += block) {
    for (let left = 0; left < width; left += block) {
      for (let channel = 0; channel < channels; channel++) {
        const within: number[] = [];
        for (let y = top; y < Math.min(height, top + block); y++) {
          for (let x = left; x < Math.min(width, left + block); x++) {
            within.push(values[(y * width + x) * channels + channel] as number);
          }
        }
        made.push(combine(within));
      }
    }
  }
  return made;
}

const bytes = (values: readonly number[]): string => Buffer.from(Uint8ClampedArray.from(values)).toString('base64');

/**
 * The attribution of an input is its slope times its value: how far the logit is from where it would be, to first order, were the input zero,
 * which scaling makes an ordinary value. Source: Shrikumar, Greenside, Shcherbina and Kundaje, Not just a black box, 2016.
 */
function showRows({ records, slopes, shown, inputNames }: ShownRecords): PictureExamples {
  const width = records.inputs.length / records.samples;
  const { offset, scale } = records.inputScaling;
  const rows = shown.map((judged, i) => {
    const all = Array.from({ length: width }, (_, k) => {
      const input = records.inputs[i * width + k] as number;
      return {
        name: inputNames?.[k] ?? `input ${k + 1}`,
        value: input / at1(scale, k) + at1(offset, k),
        attribution: input * (slopes[i * width + k] as number),
      };
    });
    const strongest = all.toSorted((a, b) => Math.abs(b.attribution) - Math.abs(a.attribution));
    return { ...judged, attributions: strongest.slice(0, MOST_ATTRIBUTIONS) };
  });
  return { kind: 'tables', records: rows };
}
