import { inflateRawSync } from 'node:zlib';
import { messageOf } from '../../base/errors.ts';
import { DicomCursor, DicomDamage } from './dicom-cursor.ts';
import {
  DEFLATED_SYNTAX,
  type DicomDataset,
  type DicomElement,
  type DicomFile,
  decodedText,
  EXPLICIT_LITTLE_ENDIAN,
  EXPLICIT_SYNTAX,
  IMPLICIT_LITTLE_ENDIAN,
  type Layout,
  layoutOf,
  textOf,
} from './dicom-element.ts';
import { readElement, readElements } from './read-elements.ts';

const PREAMBLE_BYTES = 128;
const TRANSFER_SYNTAX = 0x00020010;
const META_GROUP = 0x0002;
/** A deflated data set that grows beyond either is an attack; real ones grow threefold, blank images a hundredfold. */
const MAX_INFLATED_BYTES = 64 * 2 ** 20;
const MAX_INFLATION = 200;

/** The elements of a file, and where their data set begins; a deflated one begins there as well. */
export interface DicomFileOnDisk extends DicomFile {
  readonly datasetOffset: number;
}

/**
 * Reads the elements of a DICOM file (PS3.10), with or without preamble and meta group; values stay the bytes that they
 * are, and pixel data are not looked at. A deflated data set comes out inflated, its transfer syntax changed to match.
 * @throws DicomDamage `data/bad-dicom`
 */
export function readDicom(bytes: Uint8Array): DicomFileOnDisk {
  const hasPreamble = Buffer.from(bytes.subarray(PREAMBLE_BYTES, PREAMBLE_BYTES + 4)).toString('latin1') === 'DICM';
  const cursor = new DicomCursor(bytes, EXPLICIT_LITTLE_ENDIAN, { from: hasPreamble ? PREAMBLE_BYTES + 4 : 0 });
  const meta = readMeta(cursor);
  const datasetOffset = cursor.position;
  const rest = bytes.subarray(datasetOffset);
  const syntax = textOf(meta, TRANSFER_SYNTAX);
  if (syntax === DEFLATED_SYNTAX) {
    return {
      meta: inflatedMeta(meta),
      layout: EXPLICIT_LITTLE_ENDIAN,
      datasetOffset,
      dataset: datasetIn(new DicomCursor(inflated(rest), EXPLICIT_LITTLE_ENDIAN)),
    };
  }
  const layout = syntax === '' ? guessedLayout(rest, hasPreamble) : actualLayout(rest, layoutOf(syntax));
  return { meta, layout, datasetOffset, dataset: datasetIn(new DicomCursor(bytes, layout, { from: datasetOffset })) };
}

function datasetIn(cursor: DicomCursor): DicomDataset {
  const dataset = readElements(cursor);
  if (dataset.length === 0) throw new DicomDamage('there is no data set', cursor.position);
  return dataset;
}

/** The group's length is often wrong or missing, so the group ends where another one begins. */
function readMeta(cursor: DicomCursor): DicomDataset {
  const meta: DicomElement[] = [];
  while (cursor.left > 1 && cursor.bytes.readUInt16LE(cursor.position) === META_GROUP)
    meta.push(readElement(cursor, 0));
  return meta;
}

/** Some writers announce an explicit layout, and write an implicit one. */
function actualLayout(bytes: Uint8Array, announced: Layout): Layout {
  return announced.explicit && !beginsExplicit(bytes) ? IMPLICIT_LITTLE_ENDIAN : announced;
}

function beginsExplicit(bytes: Uint8Array): boolean {
  return /^[A-Z]{2}$/.test(decodedText(bytes.subarray(4, 6)));
}

/** A data set without meta group begins with a low group, in the byte order of the whole. */
function guessedLayout(bytes: Uint8Array, hasPreamble: boolean): Layout {
  const head = Buffer.from(bytes.subarray(0, 6));
  const littleEndian = head.length === 6 && head.readUInt16LE(0) <= head.readUInt16BE(0);
  const group = head.length === 6 ? Math.min(head.readUInt16LE(0), head.readUInt16BE(0)) : 0;
  if (!hasPreamble && (group < 0x0004 || group > 0x0010)) throw new DicomDamage('this is no DICOM file', 0);
  return beginsExplicit(head) ? { explicit: true, littleEndian } : IMPLICIT_LITTLE_ENDIAN;
}

function inflated(bytes: Uint8Array): Uint8Array {
  try {
    return inflateRawSync(bytes, { maxOutputLength: Math.min(MAX_INFLATED_BYTES, MAX_INFLATION * bytes.length) });
  } catch (error) {
    throw new DicomDamage(`the deflated data set cannot be inflated (${messageOf(error)})`, 0);
  }
}

function inflatedMeta(meta: DicomDataset): DicomDataset {
  const value = { kind: 'bytes', bytes: Buffer.from(EXPLICIT_SYNTAX) } as const;
  return meta.map((element) => (element.tag === TRANSFER_SYNTAX ? { ...element, value } : element));
}
