import { imageError } from '../images/image-error.ts';
import type { UnitImage } from '../images/image-file.ts';
import type { DicomFile } from './dicom-file.ts';
import { bytesOf } from './dicom-values.ts';
import type { Samples } from './frame-samples.ts';
import type { PixelLayout } from './pixel-layout.ts';

const COLOURS = ['1', '2', '3'] as const;

/** One colour's lookup table: what stored values become, 0 … 1. */
interface Table {
  readonly first: number;
  readonly values: Float32Array;
}

/**
 * A frame whose samples are places in three lookup tables (PS3.3 C.7.6.3.1.5 and C.7.6.3.1.6).
 * @throws DataError `data/bad-image`, or `data/unsupported-image` for segmented tables
 */
export function paletteImage(file: DicomFile, samples: Samples, { rows, columns }: PixelLayout): UnitImage {
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

function readTable(file: DicomFile, colour: string): Table {
  const descriptor = bytesOf(file, `x0028110${colour}`);
  const data = bytesOf(file, `x0028120${colour}`);
  const offset = file.dataSet.elements[`x0028110${colour}`]?.dataOffset;
  if (file.dataSet.elements[`x0028122${colour}`]) {
    throw imageError(file.path, { code: 'data/unsupported-image', reason: 'has a segmented palette', offset });
  }
  if (!descriptor || descriptor.length < 6 || !data) throw bad(file, 'has no palette', offset);
  const isBig = file.transferSyntax === '1.2.840.10008.1.2.2';
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

function bad(file: DicomFile, reason: string, offset: number | undefined) {
  return imageError(file.path, { code: 'data/bad-image', reason, offset });
}
