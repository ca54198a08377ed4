import { fileError } from './data-error.ts';

/** An array of small whole numbers in C order. */
export interface IntegerArray {
  readonly shape: readonly number[];
  /** Elements in C order; numbers that do not fit 53 bits lose precision. */
  readonly values: Uint8Array | readonly number[];
}

const MAGIC = Buffer.from('\x93NUMPY', 'latin1');
/** As NumPy's own `max_header_size`; real headers have about 100 bytes. */
const MAX_HEADER_BYTES = 10_000;
const MAX_DIMENSIONS = 4;

/** Bytes per element and how to read one; integers only, so nothing here can hold a Python object. */
const ELEMENT_TYPES: Readonly<Record<string, readonly [number, (data: DataView, offset: number) => number]>> = {
  '|u1': [1, (data, offset) => data.getUint8(offset)],
  '|i1': [1, (data, offset) => data.getInt8(offset)],
  '<u2': [2, (data, offset) => data.getUint16(offset, true)],
  '<i2': [2, (data, offset) => data.getInt16(offset, true)],
  '<u4': [4, (data, offset) => data.getUint32(offset, true)],
  '<i4': [4, (data, offset) => data.getInt32(offset, true)],
  '<u8': [8, (data, offset) => Number(data.getBigUint64(offset, true))],
  '<i8': [8, (data, offset) => Number(data.getBigInt64(offset, true))],
};

/**
 * Reads one array of an NPZ file: little-endian integers in C order, never objects.
 * @param where `file`, the `array`'s name and its member's `offset` in the archive, for messages
 * @param bytes the member as it lies in the archive
 * @param type demanded element type, for instance `|u1`; any integer type if left out
 *
 * Source: NumPy Enhancement Proposal 1 and numpy.lib.format, versions 1.0 to 3.0.
 * @throws DataError `data/bad-array`
 */
export function parseNpy(
  where: { file: string; array: string; offset: number },
  bytes: Buffer,
  type?: string,
): IntegerArray {
  const bad = (reason: string) =>
    fileError('data/bad-array', where.file, {
      reason: `array ${where.array} ${reason}`,
      remedy: 'save it as uint8 with numpy.savez_compressed',
      offset: where.offset,
    });
  const header = headerOf(bytes);
  if (typeof header === 'string') throw bad(header);
  const { descr, fortran, shape, start } = header;
  const element = Object.hasOwn(ELEMENT_TYPES, descr) ? ELEMENT_TYPES[descr] : undefined;
  if (!element || (type !== undefined && descr !== type))
    throw bad(`has element type ${descr}, not ${type ?? 'an integer'}`);
  if (fortran && shape.length > 1) throw bad('is in Fortran order');
  const [size, read] = element;
  const count = shape.reduce((product, side) => product * side, 1);
  const data = bytes.subarray(start);
  if (data.length !== count * size)
    throw bad(`has ${data.length} bytes of data, but shape (${shape}) takes ${count * size}`);
  if (descr === '|u1') return { shape, values: data };
  const view = new DataView(data.buffer, data.byteOffset, data.length);
  return { shape, values: Array.from({ length: count }, (_, index) => read(view, index * size)) };
}

/** @returns the header's fields, or what is wrong with it */
function headerOf(bytes: Buffer): { descr: string; fortran: boolean; shape: number[]; start: number } | string {
  const [major, minor] = [bytes[6] ?? 0, bytes[7]];
  if (bytes.length < 12 || !bytes.subarray(0, 6).equals(MAGIC)) return 'is no NPY array';
  if (major < 1 || major > 3 || minor !== 0) return `has NPY version ${major}.${minor}`;
  const [length, headerStart] = major === 1 ? [bytes.readUInt16LE(8), 10] : [bytes.readUInt32LE(8), 12];
  const start = headerStart + length;
  if (length > MAX_HEADER_BYTES || start > bytes.length) return `has a header of ${length} bytes`;
  const text = bytes.toString('latin1', headerStart, start).trim();
  const descr = /'descr': ?(?:'([^']{1,20})'|\[)/.exec(text);
  const order = /'fortran_order': ?(True|False)\b/.exec(text);
  const shape = /'shape': ?\(([\d, ]*)\)/.exec(text);
  if (!text.startsWith('{') || !text.endsWith('}') || !descr || !order || !shape) return 'has an unreadable header';
  const sides = (shape[1] as string)
    .split(',')
    .filter((side) => side.trim() !== '')
    .map(Number);
  const known = sides.length <= MAX_DIMENSIONS && sides.every((side) => Number.isSafeInteger(side) && side < 2 ** 31);
  return known
    ? { descr: descr[1] ?? 'record', fortran: order[1] === 'True', shape: sides, start }
    : 'has too large a shape';
}
