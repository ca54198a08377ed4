import { fileError } from '../data-error.ts';
import { DicomDamage } from '../deidentify/dicom-cursor.ts';
import {
  type DicomElement,
  EXPLICIT_SYNTAX,
  IMPLICIT_SYNTAX,
  type Layout,
  textOf,
} from '../deidentify/dicom-element.ts';
import { readDicom } from '../deidentify/read-dicom.ts';

const TRANSFER_SYNTAX = 0x00020010;
export const BIG_ENDIAN_SYNTAX = '1.2.840.10008.1.2.2';

/** A DICOM file's elements, not yet interpreted, under the file's name. */
export interface OpenDicom {
  readonly path: string;
  readonly elements: ReadonlyMap<number, DicomElement>;
  readonly layout: Layout;
  readonly transferSyntax: string;
  readonly bytes: Buffer;
  /** Where the data set begins. */
  readonly datasetOffset: number;
}

/**
 * Reads the elements of a DICOM file by the same reader as de-identification does, so that the two cannot understand a file
 * differently. It bounds nested sequences and deflated data.
 * @throws DataError `data/bad-dicom` with the offset of the damage; in a deflated file, within what it inflates to
 */
export function openDicom(path: string, bytes: Buffer): OpenDicom {
  try {
    const { meta, dataset, layout, datasetOffset } = readDicom(bytes);
    const elements = new Map(dataset.map((element) => [element.tag, element]));
    const transferSyntax = textOf(meta, TRANSFER_SYNTAX) || assumedSyntax(layout);
    return { path, elements, layout, transferSyntax, bytes, datasetOffset };
  } catch (cause) {
    if (!(cause instanceof DicomDamage)) throw cause;
    const reason = cause.message.replace(/, at byte \d+$/, '');
    const remedy = 'export it again or leave it out';
    throw fileError('data/bad-dicom', path, { reason, remedy, offset: Number(cause.details['offset']) });
  }
}

/** Where in the file the value of an element lies; where the data set begins, if it is absent or came out of a deflated one. */
export function offsetOf({ elements, bytes, datasetOffset }: OpenDicom, tag: number): number {
  const value = elements.get(tag)?.value;
  if (!value || value.kind === 'items' || value.bytes.buffer !== bytes.buffer) return datasetOffset;
  return value.bytes.byteOffset - bytes.byteOffset;
}

function assumedSyntax({ explicit, littleEndian }: Layout): string {
  if (!littleEndian) return BIG_ENDIAN_SYNTAX;
  return explicit ? EXPLICIT_SYNTAX : IMPLICIT_SYNTAX;
}
