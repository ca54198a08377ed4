import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';

/** A planted string that was found: which kind, in which encoding, in which file. */
export interface Finding {
  readonly kind: string;
  readonly encoding: string;
  readonly file: string;
}

/** Digits alone turn up within long hexadecimal numbers by chance. */
const DIGITS = /^\d+$/;

/**
 * Looks for strings in every file below some folders, and in the files' own names: as Latin-1, UTF-8, UTF-16 of either byte order,
 * hexadecimal and base64, in any case where the encoding has one.
 */
export function findStrings(strings: Readonly<Record<string, string>>, folders: readonly string[]): Finding[] {
  const patterns = Object.entries(strings).flatMap(([kind, text]) =>
    encodings(text).map(([encoding, needle]) => ({ kind, encoding, pattern: patternOf(needle, encoding) })),
  );
  return folders.flatMap((folder) =>
    filesBelow(folder).flatMap((path) => {
      const file = relative(folder, path);
      const text = `${file}\n${readFileSync(path).toString('latin1')}`;
      return patterns
        .filter(({ pattern }) => pattern.test(text))
        .map(({ kind, encoding }) => ({ kind, encoding, file }));
    }),
  );
}

function filesBelow(folder: string): string[] {
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name));
  return paths.filter((path) => statSync(path).isFile());
}

function encodings(text: string): [string, string][] {
  const bytes = Buffer.from(text, 'utf8');
  const wide = Buffer.from(text, 'utf16le');
  return [
    ['utf-8', bytes.toString('latin1')],
    ['utf-16le', wide.toString('latin1')],
    ['utf-16be', Buffer.from(wide).swap16().toString('latin1')],
    ['hex', bytes.toString('hex')],
    ...[0, 1, 2].map((shift): [string, string] => ['base64', shiftedBase64(bytes, shift)]),
  ];
}

/** What all of a text's base64 forms share that begin so many bytes after a multiple of three. */
function shiftedBase64(bytes: Buffer, shift: number): string {
  const text = Buffer.concat([Buffer.alloc(shift), bytes])
    .toString('base64')
    .replace(/=+$/, '');
  return text.slice(shift === 0 ? 0 : shift + 1, (bytes.length + shift) % 3 === 0 ? undefined : -1);
}

function patternOf(needle: string, encoding: string): RegExp {
  const literal = needle.replaceAll(
    /[^A-Za-z0-9]/g,
    (sign) => `\\x${sign.charCodeAt(0).toString(16).padStart(2, '0')}`,
  );
  if (encoding === 'base64') return new RegExp(literal.replaceAll('\\x2b', '[+-]').replaceAll('\\x2f', '[/_]'));
  return new RegExp(DIGITS.test(needle) ? `(?<![0-9a-fA-F])${literal}(?![0-9a-fA-F])` : literal, 'i');
}
