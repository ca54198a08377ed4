import { type DicomDataset, type DicomFile, textOf } from './dicom-element.ts';
import type { PixelImage, PixelValues } from './pixel-image.ts';

const ROWS = 0x00280010;
const COLUMNS = 0x00280011;
const SAMPLES = 0x00280002;
const PHOTOMETRIC = 0x00280004;
const PLANAR = 0x00280006;
const FRAMES = 0x00280008;
const BITS_ALLOCATED = 0x00280100;
const REPRESENTATION = 0x00280103;
export const PIXEL_DATA = 0x7fe00010;

/** Uncompressed pixels, in planes that can be looked at and written over. */
export interface NativeFrames {
  /** One for each frame, or for each colour plane of a frame; they share their memory with `bytes`. */
  readonly planes: readonly PixelImage[];
  /** The pixel data in the byte order of this machine. */
  readonly bytes: Uint8Array;
  readonly bytesPerValue: number;
  /** Whether the file has them in the other byte order. */
  readonly isSwapped: boolean;
}

/**
 * A copy of a file's uncompressed pixels.
 * @returns undefined if it has none, or in a form that is not looked at: compressed, one bit a pixel, subsampled colour
 */
export function nativeFrames({ dataset, layout }: DicomFile): NativeFrames | undefined {
  const value = dataset.find(({ tag }) => tag === PIXEL_DATA)?.value;
  const number = (tag: number): number => unsigned(dataset, tag, layout.littleEndian);
  const bytesPerValue = number(BITS_ALLOCATED) / 8;
  if (value?.kind !== 'bytes' || ![1, 2, 4].includes(bytesPerValue) || textOf(dataset, PHOTOMETRIC) === 'YBR_FULL_422')
    return;
  const bytes = Uint8Array.from(value.bytes);
  const isSwapped = bytesPerValue > 1 && !layout.littleEndian;
  if (isSwapped) swap(bytes, bytesPerValue);
  const values = valuesIn(bytes, bytesPerValue, number(REPRESENTATION) === 1);
  const channels = number(SAMPLES) || 1;
  const isPlanar = channels > 1 && number(PLANAR) === 1;
  const shape = { width: number(COLUMNS), height: number(ROWS), channels: isPlanar ? 1 : channels };
  const count = Math.max(1, Number(textOf(dataset, FRAMES)) || 1) * (isPlanar ? channels : 1);
  const size = shape.width * shape.height * shape.channels;
  // Pixels that are missing cannot be looked at, and those that are too many are no part of a frame.
  if (size === 0 || values.length < count * size) return;
  const planes = Array.from({ length: count }, (_, index) => ({
    ...shape,
    values: values.subarray(index * size, (index + 1) * size),
  }));
  values.fill(0, count * size);
  return { planes, bytes, bytesPerValue, isSwapped };
}

/** The data set with these pixels instead of its own. */
export function withFrames(dataset: DicomDataset, { bytes, bytesPerValue, isSwapped }: NativeFrames): DicomDataset {
  const written = Uint8Array.from(bytes);
  if (isSwapped) swap(written, bytesPerValue);
  return dataset.map((each) =>
    each.tag === PIXEL_DATA ? { ...each, value: { kind: 'bytes', bytes: written } } : each,
  );
}

/** A US value. */
function unsigned(dataset: DicomDataset, tag: number, littleEndian: boolean): number {
  const value = dataset.find((each) => each.tag === tag)?.value;
  if (value?.kind !== 'bytes' || value.bytes.length < 2) return 0;
  const bytes = Buffer.from(value.bytes);
  return littleEndian ? bytes.readUInt16LE() : bytes.readUInt16BE();
}

function swap(bytes: Uint8Array, bytesPerValue: number): void {
  const whole = bytes.length - (bytes.length % bytesPerValue);
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, whole);
  if (bytesPerValue === 2) buffer.swap16();
  else buffer.swap32();
}

function valuesIn({ buffer, length }: Uint8Array<ArrayBuffer>, bytesPerValue: number, isSigned: boolean): PixelValues {
  const count = Math.floor(length / bytesPerValue);
  if (bytesPerValue === 1) return new Uint8Array(buffer);
  if (bytesPerValue === 2) return isSigned ? new Int16Array(buffer, 0, count) : new Uint16Array(buffer, 0, count);
  return new Uint32Array(buffer, 0, count);
}
