import { isUtf8 } from 'node:buffer';
import { fileError } from '../data-error.ts';

const MAX_COLUMNS = 4096;

const COMMA = 0x2c;
const NEW_LINE = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/**
 * Other encodings would be read with wrong letters, so that names of classes and levels would not be found.
 * @throws DataError `data/bad-table` with the offset of the first byte that is no UTF-8
 */
export function checkEncoding(path: string, bytes: Uint8Array): void {
  if (isUtf8(bytes)) return;
  throw fileError('data/bad-table', path, {
    reason: 'is no UTF-8 text',
    remedy: 'save it as CSV in UTF-8',
    offset: soundBytes(bytes),
  });
}

/**
 * Looks at lines before they are taken apart, which costs memory for every cell. No row of a table has so many commas, not even in quotation
 * marks.
 * @throws DataError `data/bad-table` with the offset of the line
 */
export function checkLines(path: string, bytes: Uint8Array): void {
  let [commas, start] = [0, 0];
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at];
    if (byte === NEW_LINE || byte === CARRIAGE_RETURN) [commas, start] = [0, at + 1];
    else if (byte === COMMA && ++commas >= MAX_COLUMNS) {
      const reason = `has a line of more than ${MAX_COLUMNS} cells`;
      throw fileError('data/bad-table', path, { reason, remedy: 'give comma-separated values', offset: start });
    }
  }
}

/** @throws DataError `data/bad-table` */
export function checkHeader(path: string, header: readonly string[]): void {
  if (header.length < 2) throw badHeader(path, 'has no header with two columns and more');
  if (new Set(header).size < header.length) throw badHeader(path, 'names a column twice in its header');
}

function badHeader(path: string, reason: string) {
  return fileError('data/bad-table', path, {
    reason,
    remedy: 'give comma-separated values with a header in line 1',
    offset: 0,
  });
}

/** How many bytes are UTF-8, up to the first that is none; halves the range in which it is. */
function soundBytes(bytes: Uint8Array): number {
  let [sound, unsound] = [0, bytes.length + 1];
  while (unsound - sound > 1) {
    const middle = Math.floor((sound + unsound) / 2);
    if (isSoundSoFar(bytes.subarray(0, middle))) sound = middle;
    else unsound = middle;
  }
  // What the decoder waits to see the rest of is no character yet.
  while (!isUtf8(bytes.subarray(0, sound))) sound--;
  return sound;
}

function isSoundSoFar(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true });
    return true;
  } catch {
    return false;
  }
}
