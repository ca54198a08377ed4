import { DicomCursor, DicomDamage } from './dicom-cursor.ts';
import { representationOf } from './dicom-dictionary.ts';
import {
  type DicomDataset,
  type DicomElement,
  type DicomValue,
  IMPLICIT_LITTLE_ENDIAN,
  ITEM,
  ITEM_END,
  LONG_REPRESENTATIONS,
  SEQUENCE_END,
  UNDEFINED_LENGTH,
} from './dicom-element.ts';

/** Sequences within sequences; real files have fewer than ten, and recursion must end. */
const MAX_DEPTH = 32;
const PIXEL_DATA = 0x7fe00010;
const ITEM_HEAD_BYTES = 8;
const LENGTH_BYTES = 4;

/**
 * All elements up to the cursor's end. The last value may be cut short, as transfers that broke off leave it.
 * @throws DicomDamage `data/bad-dicom`
 */
export function readElements(cursor: DicomCursor): DicomDataset {
  const elements: DicomElement[] = [];
  while (cursor.left > 0 && !isZeroTail(cursor)) elements.push(readElement(cursor, 0));
  return elements;
}

function isZeroTail({ bytes, position, end }: DicomCursor): boolean {
  return (
    bytes[position] === 0 && bytes[position + 1] === 0 && bytes.subarray(position, end).every((byte) => byte === 0)
  );
}

/** One element at a cursor. @throws DicomDamage `data/bad-dicom` */
export function readElement(cursor: DicomCursor, depth: number): DicomElement {
  const tag = cursor.tag();
  const { vr, length } = readHead(cursor, tag);
  if (length === UNDEFINED_LENGTH) return { tag, vr, value: readUndefined(cursor, { tag, vr, depth }) };
  if (vr === 'SQ') return { tag, vr, value: sequenceIn(cursor.within(length, cursor.layout), depth) };
  const isCutShort = depth === 0 && length > cursor.left;
  const bytes = cursor.take(isCutShort ? cursor.left : length);
  return { tag, vr, value: (vr === 'UN' ? hiddenSequence(bytes, depth) : undefined) ?? { kind: 'bytes', bytes } };
}

interface Head {
  readonly vr: string;
  readonly length: number;
}

function readHead(cursor: DicomCursor, tag: number): Head {
  if (!cursor.layout.explicit) return { vr: representationOf(tag), length: cursor.uint32() };
  const at = cursor.position;
  const vr = cursor.take(2).toString('latin1');
  if (!/^[A-Z]{2}$/.test(vr)) throw new DicomDamage('there is no value representation', at);
  if (!LONG_REPRESENTATIONS.has(vr)) return { vr, length: cursor.uint16() };
  cursor.take(2);
  return { vr, length: cursor.uint32() };
}

function readUndefined(
  cursor: DicomCursor,
  { tag, vr, depth }: { tag: number; vr: string; depth: number },
): DicomValue {
  if (tag === PIXEL_DATA || vr === 'OB' || vr === 'OW') return { kind: 'fragments', bytes: readFragments(cursor) };
  // An unknown representation means implicit little-endian within, whatever is around it (PS3.5, 6.2.2, note on UN).
  const layout = vr === 'UN' ? IMPLICIT_LITTLE_ENDIAN : cursor.layout;
  const inner = new DicomCursor(cursor.bytes, layout, { from: cursor.position, to: cursor.end });
  const value = sequenceIn(inner, depth, true);
  cursor.position = inner.position;
  return value;
}

function readFragments(cursor: DicomCursor): Uint8Array {
  const start = cursor.position;
  for (;;) {
    const at = cursor.position;
    const tag = cursor.tag();
    const length = cursor.uint32();
    if (tag === SEQUENCE_END) return cursor.bytes.subarray(start, at);
    if (tag !== ITEM) throw new DicomDamage('there is no fragment of pixel data', at);
    cursor.take(length);
  }
}

/** The items up to the cursor's end, or up to a delimiter where the length is undefined. */
function sequenceIn(cursor: DicomCursor, depth: number, isDelimited = false): DicomValue {
  if (depth >= MAX_DEPTH) throw new DicomDamage(`sequences are nested more than ${MAX_DEPTH} deep`, cursor.position);
  const items: DicomDataset[] = [];
  const hasMore = (): boolean => isDelimited || cursor.left > 0;
  while (hasMore()) {
    const at = cursor.position;
    const tag = cursor.tag();
    const length = cursor.uint32();
    if (tag === SEQUENCE_END) break;
    if (tag !== ITEM) throw new DicomDamage('there is no item of a sequence', at);
    items.push(
      length === UNDEFINED_LENGTH
        ? delimitedItem(cursor, depth)
        : sizedItem(cursor.within(length, cursor.layout), depth),
    );
  }
  return { kind: 'items', items, layout: cursor.layout };
}

function sizedItem(cursor: DicomCursor, depth: number): DicomDataset {
  const elements: DicomElement[] = [];
  while (cursor.left > 0) elements.push(readElement(cursor, depth + 1));
  return elements;
}

function delimitedItem(cursor: DicomCursor, depth: number): DicomDataset {
  const elements: DicomElement[] = [];
  for (;;) {
    const start = cursor.position;
    if (cursor.tag() === ITEM_END) break;
    cursor.position = start;
    elements.push(readElement(cursor, depth + 1));
  }
  cursor.take(LENGTH_BYTES);
  return elements;
}

/** A value of unknown representation that begins as a sequence does must be one to its last byte. */
function hiddenSequence(bytes: Buffer, depth: number): DicomValue | undefined {
  const beginsWithItem =
    bytes.length >= ITEM_HEAD_BYTES && bytes.readUInt16LE(0) * 0x10000 + bytes.readUInt16LE(2) === ITEM;
  return beginsWithItem ? sequenceIn(new DicomCursor(bytes, IMPLICIT_LITTLE_ENDIAN), depth) : undefined;
}
