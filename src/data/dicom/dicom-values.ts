import { decodedText, printedTag } from '../deidentify/dicom-element.ts';
import { imageError } from '../images/image-error.ts';
import { type OpenDicom, offsetOf } from './open-dicom.ts';

/** Longer than any value that is looked at, labels included. */
const MAX_TEXT_BYTES = 256;

/** The bytes of a value that is no sequence; null if there is none. */
export function bytesOf({ elements }: OpenDicom, tag: number): Buffer | null {
  const value = elements.get(tag)?.value;
  if (!value || value.kind === 'items') return null;
  return Buffer.from(value.bytes.buffer, value.bytes.byteOffset, value.bytes.length);
}

/** The value of an US element, or null if it is absent or too short. */
export function unsignedShort(file: OpenDicom, tag: number): number | null {
  const bytes = bytesOf(file, tag);
  if (!bytes || bytes.length < 2) return null;
  return file.layout.littleEndian ? bytes.readUInt16LE() : bytes.readUInt16BE();
}

/** The first value of a text element, trimmed; null if it is absent or empty. */
export function text(file: OpenDicom, tag: number): string | null {
  const bytes = bytesOf(file, tag)?.subarray(0, MAX_TEXT_BYTES);
  const value = bytes && (decodedText(bytes).split('\\')[0] ?? '').trim();
  return value || null;
}

/**
 * The first value of a DS or IS element; null if it is absent or empty.
 * @throws DataError `data/bad-image` if it is no number
 */
export function decimal(file: OpenDicom, tag: number): number | null {
  const written = text(file, tag);
  if (written === null) return null;
  const value = Number(written);
  if (Number.isFinite(value)) return value;
  const reason = `${printedTag(tag)} is no number`;
  throw imageError(file.path, { code: 'data/bad-image', reason, offset: offsetOf(file, tag) });
}
