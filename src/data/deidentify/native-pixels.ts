import { type DicomDataset, type DicomFile, textOf } from './dicom-element.ts';
import { type OpenPixels, PIXEL_DATA } from './open-pixels.ts';
import { pixelValues, planesOf } from './pixel-values.ts';

const SAMPLES = 0x00280002;
const PHOTOMETRIC = 0x00280004;
const PLANAR = 0x00280006;
const FRAMES = 0x00280008;
const ROWS = 0x00280010;
const COLUMNS = 0x00280011;
const BITS_ALLOCATED = 0x00280100;
const REPRESENTATION = 0x00280103;

/**
 * Opens uncompressed pixels of whole bytes; the file keeps its transfer syntax.
 * @returns undefined if they are compressed, have one bit each, share their colours, or are fewer than the file states
 */
export function openNativePixels(file: DicomFile): OpenPixels | undefined {
  const { dataset, layout } = file;
  const value = dataset.find(({ tag }) => tag === PIXEL_DATA)?.value;
  const number = (tag: number): number => unsigned(dataset, tag, layout.littleEndian);
  const bytesPerValue = number(BITS_ALLOCATED) / 8;
  const isShared = textOf(dataset, PHOTOMETRIC) === 'YBR_FULL_422';
  if (value?.kind !== 'bytes' || ![1, 2, 4].includes(bytesPerValue) || isShared) return undefined;
  const bytes = reordered(value.bytes, layout.littleEndian ? 1 : bytesPerValue);
  const channels = number(SAMPLES) || 1;
  const isPlanar = channels > 1 && number(PLANAR) === 1;
  const shape = { width: number(COLUMNS), height: number(ROWS), channels: isPlanar ? 1 : channels };
  const count = Math.max(1, Number(textOf(dataset, FRAMES)) || 1) * (isPlanar ? channels : 1);
  const planes = planesOf(pixelValues(bytes, bytesPerValue, number(REPRESENTATION) === 1), shape, count);
  const rewritten = (): DicomFile => withPixels(file, reordered(bytes, layout.littleEndian ? 1 : bytesPerValue));
  return planes && { planes, rewritten };
}

function withPixels(file: DicomFile, bytes: Uint8Array): DicomFile {
  const value = { kind: 'bytes', bytes } as const;
  return { ...file, dataset: file.dataset.map((each) => (each.tag === PIXEL_DATA ? { ...each, value } : each)) };
}

/** A US value. */
function unsigned(dataset: DicomDataset, tag: number, littleEndian: boolean): number {
  const value = dataset.find((each) => each.tag === tag)?.value;
  if (value?.kind !== 'bytes' || value.bytes.length < 2) return 0;
  const bytes = Buffer.from(value.bytes);
  return littleEndian ? bytes.readUInt16LE() : bytes.readUInt16BE();
}

/** A copy whose words of so many bytes are turned round. */
function reordered(bytes: Uint8Array, bytesPerWord: number): Uint8Array<ArrayBuffer> {
  const copy = Uint8Array.from(bytes);
  const words = Buffer.from(copy.buffer, 0, copy.length - (copy.length % bytesPerWord));
  if (bytesPerWord === 2) words.swap16();
  if (bytesPerWord === 4) words.swap32();
  return copy;
}
