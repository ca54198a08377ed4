import { imageError } from '../images/image-error.ts';
import type { UnitImage } from '../images/image-file.ts';
import { bytesOf } from './dicom-values.ts';
import type { Samples } from './frame-samples.ts';
import { BIG_ENDIAN_SYNTAX, type OpenDicom, offsetOf } from './open-dicom.ts';
import type { PixelLayout } from './pixel-layout.ts';

/** Red, green, blue: added to the tags of descriptor, table and segmented table. */
const COLOURS = [0, 1, 2] as const;
const DESCRIPTOR = 0x00281101;
const TABLE = 0x00281201;
const SEGMENTED_TABLE = 0x00281221;

/** One colour's lookup table: what stored values become, 0 … 1. */
interface Table {
  readonly first: number;
  readonly values: Float32Array;
}

/**
 * A frame whose samples are places in three lookup tables (PS3.3 C.7.6.3.1.5 and C.7.6.3.1.6).
 * @throws DataError `data/bad-image`, or `data/unsupported-image` for segmented tables
 */
export function paletteImage(file: OpenDicom, samples: Samples, { rows, columns }: PixelLayout): UnitImage {
  const tables = COLOURS.map((colour) => readTable(file, colour));
  const values = new Float32Array(rows * columns * 3);
  tables.forEach((table, channel) => {
    const last = table.values.length - 1;
    for (let pixel = 0; pixel < rows * columns; pixel++) {
      const entry = Math.min(last, Math.max(0, (samples[pixel] as number) - table.first));
      values[pixel * 3 + channel] = table.values[entry] as number;
    }
  });
  return { width: columns, height: rows, channels: 3, values };
}

function readTable(file: OpenDicom, colour: number): Table {
  const descriptor = bytesOf(file, DESCRIPTOR + colour);
  const data = bytesOf(file, TABLE + colour);
  const offset = offsetOf(file, DESCRIPTOR + colour);
  if (file.elements.has(SEGMENTED_TABLE + colour)) {
    throw imageError(file.path, { code: 'data/unsupported-image', reason: 'has a segmented palette', offset });
  }
  if (!descriptor || descriptor.length < 6 || !data) throw bad(file, 'has no palette', offset);
  const isBig = file.transferSyntax === BIG_ENDIAN_SYNTAX;
  const word = (from: Buffer, at: number): number => (isBig ? from.readUInt16BE(at) : from.readUInt16LE(at));
  const entries = word(descriptor, 0) || 65_536;
  const isWide = data.length >= 2 * entries;
  if (!isWide && data.length < entries)
    throw bad(file, `has a palette of ${data.length} bytes for ${entries} colours`, offset);
  const white = isWide && word(descriptor, 4) > 8 ? 65_535 : 255;
  const entryAt = (index: number): number =>
    isWide ? word(data, 2 * index) : (data[isBig ? index ^ 1 : index] as number);
  return {
    first: word(descriptor, 2),
    values: Float32Array.from({ length: entries }, (_, index) => entryAt(index) / white),
  };
}

function bad(file: OpenDicom, reason: string, offset: number) {
  return imageError(file.path, { code: 'data/bad-image', reason, offset });
}
