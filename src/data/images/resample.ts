import type { SourceRecord } from '../source-record.ts';

/** The image that a study's network takes. */
export interface ImageSize {
  readonly height: number;
  readonly width: number;
  /** 1 for grey, 3 for colour. */
  readonly channels: number;
  /** Where sides differ in proportion: `pad` keeps shapes and adds black at both ends, `stretch` fills the frame. Default `pad`. */
  readonly fit?: 'pad' | 'stretch';
}

/** For one target place: the first source place, and what it and its followers weigh. */
interface Tap {
  readonly first: number;
  readonly weights: readonly number[];
}

/** Grey from red, green, blue: luma of ITU-R BT.601, as in JPEG and DICOM's YBR. */
const LUMA = [0.299, 0.587, 0.114] as const;

/** The record with its image brought to a size; see {@link resampleImage}. */
export function resampleRecord(record: SourceRecord, size: ImageSize): SourceRecord {
  const values = resampleImage(record.values, record.shape, size);
  return { ...record, values, shape: [size.height, size.width, size.channels] };
}

/**
 * Brings an image to a size: the mean over the covered area where a side shrinks, linear interpolation between pixel centres
 * where it grows. Sums are 64-bit in a fixed order, along rows first, with one rounding to 32 bits, so that
 * every machine gets the same bits.
 * @param values height × width × channels numbers, channels of a pixel side by side
 */
export function resampleImage(values: Float32Array, shape: readonly number[], size: ImageSize): Float32Array {
  const [height = 0, width = 0, channels = 1] = shape;
  const converted = toChannels(values, channels, size.channels);
  if (height === size.height && width === size.width) return converted;
  const inner = innerSize(height, width, size);
  const wide = alongRows(converted, [height, width, size.channels], taps(width, inner.width));
  const scaled = alongColumns(wide, inner.width * size.channels, taps(height, inner.height));
  return centred(scaled, inner, size);
}

function toChannels(values: Float32Array, from: number, to: number): Float32Array {
  if (from === to) return values;
  const pixels = values.length / from;
  const result = new Float32Array(pixels * to);
  for (let pixel = 0; pixel < pixels; pixel++) {
    if (from === 1) result.fill(values[pixel] as number, pixel * to, (pixel + 1) * to);
    else result[pixel] = lumaOf(values, pixel * from);
  }
  return result;
}

function lumaOf(values: Float32Array, at: number): number {
  const [red, green, blue] = [values[at] as number, values[at + 1] as number, values[at + 2] as number];
  return LUMA[0] * red + LUMA[1] * green + LUMA[2] * blue;
}

function innerSize(height: number, width: number, size: ImageSize): { height: number; width: number } {
  if (size.fit === 'stretch') return { height: size.height, width: size.width };
  const scale = Math.min(size.height / height, size.width / width);
  const side = (length: number, most: number): number => Math.min(most, Math.max(1, Math.round(length * scale)));
  return { height: side(height, size.height), width: side(width, size.width) };
}

function taps(from: number, to: number): Tap[] {
  const step = from / to;
  return Array.from({ length: to }, (_, index) =>
    step > 1 ? areaTap(index * step, step) : linearTap(index, step, from),
  );
}

/** The interval [start, start + step) of the source, each pixel weighed by the part of it that is covered. */
function areaTap(start: number, step: number): Tap {
  const first = Math.floor(start);
  const end = start + step;
  const weights: number[] = [];
  for (let place = first; place < end - 1e-9; place++) {
    weights.push((Math.min(place + 1, end) - Math.max(place, start)) / step);
  }
  return { first, weights };
}

function linearTap(index: number, step: number, length: number): Tap {
  const centre = Math.min(length - 1, Math.max(0, (index + 0.5) * step - 0.5));
  const first = Math.min(Math.floor(centre), Math.max(0, length - 2));
  const part = centre - first;
  return { first, weights: length === 1 ? [1] : [1 - part, part] };
}

function alongRows(
  values: Float32Array,
  shape: readonly [number, number, number],
  columns: readonly Tap[],
): Float64Array {
  const [height, width, channels] = shape;
  const result = new Float64Array(height * columns.length * channels);
  let filled = 0;
  for (let row = 0; row < height; row++) {
    for (const { first, weights } of columns) {
      for (let channel = 0; channel < channels; channel++) {
        let sum = 0;
        let at = (row * width + first) * channels + channel;
        for (const weight of weights) {
          sum += weight * (values[at] as number);
          at += channels;
        }
        result[filled++] = sum;
      }
    }
  }
  return result;
}

/** @param stride numbers in a row */
function alongColumns(values: Float64Array, stride: number, rows: readonly Tap[]): Float32Array {
  const result = new Float32Array(rows.length * stride);
  rows.forEach(({ first, weights }, row) => {
    for (let place = 0; place < stride; place++) {
      let sum = 0;
      weights.forEach((weight, offset) => {
        sum += weight * (values[(first + offset) * stride + place] as number);
      });
      result[row * stride + place] = sum;
    }
  });
  return result;
}

function centred(values: Float32Array, inner: { height: number; width: number }, size: ImageSize): Float32Array {
  if (inner.height === size.height && inner.width === size.width) return values;
  const result = new Float32Array(size.height * size.width * size.channels);
  const top = Math.floor((size.height - inner.height) / 2);
  const left = Math.floor((size.width - inner.width) / 2);
  const length = inner.width * size.channels;
  for (let row = 0; row < inner.height; row++) {
    const target = ((row + top) * size.width + left) * size.channels;
    result.set(values.subarray(row * length, (row + 1) * length), target);
  }
  return result;
}
