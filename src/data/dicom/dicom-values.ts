import { imageError } from '../images/image-error.ts';
import type { DicomFile } from './dicom-file.ts';

/** The value of an US element, or null if it is absent or too short. */
export function unsignedShort({ dataSet }: DicomFile, tag: string): number | null {
  const element = dataSet.elements[tag];
  return element && element.length >= 2 ? (attempt(() => dataSet.uint16(tag)) ?? null) : null;
}

/** The first value of a text element, trimmed; null if it is absent or empty. */
export function text({ dataSet }: DicomFile, tag: string): string | null {
  const value = attempt(() => dataSet.string(tag, 0))
    ?.replace(/\0+$/, '')
    .trim();
  return value === undefined || value === '' ? null : value;
}

/**
 * The first value of a DS or IS element; null if it is absent or empty.
 * @throws DataError `data/bad-image` if it is no number
 */
export function decimal(file: DicomFile, tag: string): number | null {
  const written = text(file, tag);
  if (written === null) return null;
  const value = Number(written);
  if (Number.isFinite(value)) return value;
  const [group, element] = [tag.slice(1, 5), tag.slice(5)];
  const offset = file.dataSet.elements[tag]?.dataOffset;
  throw imageError(file.path, { code: 'data/bad-image', reason: `(${group},${element}) is no number`, offset });
}

/** The parser throws where an element's stated place lies outside of the file; such an element counts as absent. */
function attempt<T>(read: () => T | undefined): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

/** The bytes of an element, as far as the file goes; null if it is absent. */
export function bytesOf({ dataSet, bytes }: DicomFile, tag: string): Buffer | null {
  const element = dataSet.elements[tag];
  return element ? bytes.subarray(element.dataOffset, element.dataOffset + element.length) : null;
}
