/** Decodes the DAG-CBOR of evidence (docs/EVIDENCE.md): whole numbers, texts, byte strings, lists, maps, null and 64-bit floats. */
export type CborValue = number | string | boolean | null | Uint8Array | CborValue[] | { [key: string]: CborValue };

/** @throws Error for anything else, for lengths that are not the shortest, and for bytes that are left over */
export function decodeCbor(bytes: Uint8Array): CborValue {
  const reader = { bytes, at: 0 };
  const value = readValue(reader);
  if (reader.at !== bytes.length) throw new Error('bytes are left over');
  return value;
}

interface Reader {
  readonly bytes: Uint8Array;
  at: number;
}

function take({ bytes }: Reader, reader: Reader, length: number): Uint8Array {
  const end = reader.at + length;
  if (end > bytes.length) throw new Error('the bytes end early');
  const taken = bytes.subarray(reader.at, end);
  reader.at = end;
  return taken;
}

function readValue(reader: Reader): CborValue {
  const [head = 0] = take(reader, reader, 1);
  const [major, low] = [head >> 5, head & 31];
  if (major === 7) return readSimple(reader, low);
  const argument = readArgument(reader, low);
  if (major === 0) return argument;
  if (major === 1) return -1 - argument;
  if (major === 2) return Uint8Array.from(take(reader, reader, argument));
  if (major === 3) return new TextDecoder('utf-8', { fatal: true }).decode(take(reader, reader, argument));
  if (major === 4) return Array.from({ length: argument }, () => readValue(reader));
  if (major === 5) return readMap(reader, argument);
  const [mark, ...rest] = readValue(reader) as Uint8Array; // a link: tag 42 over 0x00 and a CID
  if (argument !== 42 || mark !== 0) throw new Error(`tag ${argument}`);
  return Uint8Array.from(rest);
}

const WIDTHS: Readonly<Record<number, { bytes: number; least: number }>> = {
  24: { bytes: 1, least: 24 },
  25: { bytes: 2, least: 0x100 },
  26: { bytes: 4, least: 0x1_0000 },
  27: { bytes: 8, least: 0x1_0000_0000 },
};

function readArgument(reader: Reader, low: number): number {
  if (low < 24) return low;
  const width = WIDTHS[low];
  if (width === undefined) throw new Error(`length code ${low}`);
  const value = take(reader, reader, width.bytes).reduce((sum, byte) => sum * 256 + byte, 0);
  if (value < width.least || !Number.isSafeInteger(value)) throw new Error('a number is not in its shortest form');
  return value;
}

function readMap(reader: Reader, length: number): { [key: string]: CborValue } {
  const map: { [key: string]: CborValue } = {};
  let before = '';
  for (let i = 0; i < length; i++) {
    const key = readValue(reader);
    if (typeof key !== 'string') throw new Error('a key is no text');
    const ascends = key.length > before.length || (key.length === before.length && key > before);
    if (i > 0 && !ascends) throw new Error('keys are not in order');
    map[key] = readValue(reader);
    before = key;
  }
  return map;
}

function readSimple(reader: Reader, low: number): CborValue {
  if (low === 20 || low === 21) return low === 21;
  if (low === 22) return null;
  if (low !== 27) throw new Error(`simple value ${low}`);
  const bytes = take(reader, reader, 8);
  return new DataView(bytes.buffer, bytes.byteOffset, 8).getFloat64(0);
}
