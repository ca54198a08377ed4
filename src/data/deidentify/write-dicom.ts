import {
  type DicomDataset,
  type DicomElement,
  type DicomFile,
  type DicomValue,
  EXPLICIT_LITTLE_ENDIAN,
  ITEM,
  type Layout,
  LONG_REPRESENTATIONS,
  SEQUENCE_END,
  UNDEFINED_LENGTH,
} from './dicom-element.ts';

const PREAMBLE_BYTES = 128;
const META_LENGTH = 0x00020000;
/** Text is padded with a space, all else with a zero (PS3.5, 6.2). */
const ZERO_PADDED = new Set(['UI', 'OB', 'UN', 'OW', 'SQ']);

/** The bytes of a DICOM file: a preamble of zeros, the meta group with its length, the data set. */
export function writeDicom({ meta, dataset, layout }: DicomFile): Uint8Array {
  const others = writeDataset(
    meta.filter(({ tag }) => tag !== META_LENGTH),
    EXPLICIT_LITTLE_ENDIAN,
  );
  const length = Buffer.alloc(4);
  length.writeUInt32LE(others.length);
  const lengthElement: DicomElement = { tag: META_LENGTH, vr: 'UL', value: { kind: 'bytes', bytes: length } };
  const group = writeDataset([lengthElement], EXPLICIT_LITTLE_ENDIAN);
  const preamble = Buffer.concat([Buffer.alloc(PREAMBLE_BYTES), Buffer.from('DICM')]);
  return Buffer.concat([preamble, group, others, writeDataset(dataset, layout)]);
}

function writeDataset(dataset: DicomDataset, layout: Layout): Buffer {
  return Buffer.concat(dataset.flatMap((element) => writeElement(element, layout)));
}

function writeElement({ tag, vr, value }: DicomElement, layout: Layout): Buffer[] {
  if (value.kind === 'fragments') {
    return [
      head({ tag, vr, length: UNDEFINED_LENGTH }, layout),
      Buffer.from(value.bytes),
      itemHead(SEQUENCE_END, 0, layout),
    ];
  }
  const bytes = valueBytes(value, vr);
  return [head({ tag, vr, length: bytes.length }, layout), bytes];
}

function valueBytes(value: Exclude<DicomValue, { kind: 'fragments' }>, vr: string): Buffer {
  if (value.kind === 'bytes') {
    const padding = value.bytes.length % 2 === 0 ? '' : ZERO_PADDED.has(vr) ? '\0' : ' ';
    return Buffer.concat([value.bytes, Buffer.from(padding)]);
  }
  return Buffer.concat(
    value.items.flatMap((item) => {
      const bytes = writeDataset(item, value.layout);
      return [itemHead(ITEM, bytes.length, value.layout), bytes];
    }),
  );
}

function head({ tag, vr, length }: { tag: number; vr: string; length: number }, layout: Layout): Buffer {
  if (!layout.explicit) return itemHead(tag, length, layout);
  const long = LONG_REPRESENTATIONS.has(vr);
  const bytes = Buffer.alloc(long ? 12 : 8);
  writeTag(bytes, tag, layout);
  bytes.write(vr, 4, 'latin1');
  if (long) writeUint32(bytes, length, 8, layout);
  else if (layout.littleEndian) bytes.writeUInt16LE(length, 6);
  else bytes.writeUInt16BE(length, 6);
  return bytes;
}

/** Tag and length, as items have them whatever the layout, and all elements of implicit layouts. */
function itemHead(tag: number, length: number, layout: Layout): Buffer {
  const bytes = Buffer.alloc(8);
  writeTag(bytes, tag, layout);
  writeUint32(bytes, length, 4, layout);
  return bytes;
}

function writeTag(bytes: Buffer, tag: number, { littleEndian }: Layout): void {
  if (!littleEndian) bytes.writeUInt32BE(tag);
  else bytes.writeUInt32LE(((tag & 0xffff) * 0x10000 + (tag >>> 16)) >>> 0);
}

function writeUint32(bytes: Buffer, number: number, at: number, { littleEndian }: Layout): void {
  if (littleEndian) bytes.writeUInt32LE(number, at);
  else bytes.writeUInt32BE(number, at);
}
