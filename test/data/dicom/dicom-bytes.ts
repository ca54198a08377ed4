/** Value of an element: text, one 16-bit number, bytes, or bytes in fragments (encapsulated pixel data). */
export type Value = string | number | Buffer | { readonly fragments: readonly Buffer[] };

/** Tag as eight hexadecimal digits, value representation, value. */
export type Element = readonly [tag: string, vr: string, value: Value];

const LONG = ['OB', 'OW', 'SQ', 'UN', 'UT'];
const EXPLICIT_LITTLE = '1.2.840.10008.1.2.1';

/** A DICOM file in explicit little-endian, with a preamble; elements are written in the order given. */
export function dicomBytes(elements: readonly Element[], transferSyntax = EXPLICIT_LITTLE): Buffer {
  const meta = elementBytes(['00020010', 'UI', transferSyntax]);
  return Buffer.concat([Buffer.alloc(128), Buffer.from('DICM'), meta, ...elements.map(elementBytes)]);
}

/** A grey image of 8 or 16 bits; `more` elements come before the pixels. */
export function greyDicom(side: number, pixels: Value, more: readonly Element[] = []): Element[] {
  return [
    ['00080060', 'CS', 'CT'],
    ['00100020', 'LO', 'patient 1'],
    ['00280002', 'US', 1],
    ['00280004', 'CS', 'MONOCHROME2'],
    ['00280010', 'US', side],
    ['00280011', 'US', side],
    ['00280100', 'US', 8],
    ['00280101', 'US', 8],
    ['00280102', 'US', 7],
    ['00280103', 'US', 0],
    ...more,
    ['7fe00010', 'OB', pixels],
  ];
}

/** A sequence of undefined length around one element, `depth` times over. */
export function nestedSequence(depth: number): Element {
  let inner = elementBytes(['00080060', 'CS', 'CT']);
  for (let level = 0; level < depth; level++) {
    const item = Buffer.concat([header('fffee000', 0xffffffff), inner, header('fffee00d', 0)]);
    inner = Buffer.concat([Buffer.from('0800401153510000ffffffff', 'hex'), item, header('fffee0dd', 0)]);
  }
  return ['00081140', 'SQ', Buffer.concat([header('fffee000', inner.length), inner])];
}

/** The bytes of one element. */
export function elementBytes([tag, vr, value]: Element): Buffer {
  const head = Buffer.concat([tagBytes(tag), Buffer.from(vr)]);
  if (typeof value === 'object' && 'fragments' in value) {
    const items = [Buffer.alloc(0), ...value.fragments].map((bytes) =>
      Buffer.concat([header('fffee000', bytes.length), bytes]),
    );
    return Buffer.concat([head, Buffer.from('0000ffffffff', 'hex'), ...items, header('fffee0dd', 0)]);
  }
  const bytes = padded(value);
  const length = Buffer.alloc(LONG.includes(vr) ? 6 : 2);
  if (length.length === 6) length.writeUInt32LE(bytes.length, 2);
  else length.writeUInt16LE(bytes.length);
  return Buffer.concat([head, length, bytes]);
}

function padded(value: string | number | Buffer): Buffer {
  if (typeof value === 'number') return Buffer.from(Uint16Array.of(value).buffer);
  const bytes = typeof value === 'string' ? Buffer.from(value, 'latin1') : value;
  return bytes.length % 2 === 0 ? bytes : Buffer.concat([bytes, Buffer.from(typeof value === 'string' ? ' ' : '\0')]);
}

function header(tag: string, length: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(length);
  return Buffer.concat([tagBytes(tag), bytes]);
}

function tagBytes(tag: string): Buffer {
  return Buffer.from(Uint16Array.of(Number.parseInt(tag.slice(0, 4), 16), Number.parseInt(tag.slice(4), 16)).buffer);
}
