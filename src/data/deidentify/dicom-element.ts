/** How the bytes of a data set are laid out (PS3.5, 7.1). */
export interface Layout {
  readonly explicit: boolean;
  readonly littleEndian: boolean;
}

/** One attribute, its value still as the file wrote it. */
export interface DicomElement {
  /** Group and element as one number, for instance 0x00100010. */
  readonly tag: number;
  /** Two letters; `UN` where neither file nor dictionary tell. */
  readonly vr: string;
  readonly value: DicomValue;
}

export type DicomValue =
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  /** Encapsulated pixel data: offset table and fragments with their item headers, without the delimiter. */
  | { readonly kind: 'fragments'; readonly bytes: Uint8Array }
  /** A sequence; its items may be laid out otherwise than the data set around it. */
  | { readonly kind: 'items'; readonly items: readonly DicomDataset[]; readonly layout: Layout };

/** Elements in the order of the file. */
export type DicomDataset = readonly DicomElement[];

/** A DICOM file without its preamble. */
export interface DicomFile {
  /** Group 0002, always explicit little-endian. */
  readonly meta: DicomDataset;
  readonly dataset: DicomDataset;
  readonly layout: Layout;
}

export const EXPLICIT_LITTLE_ENDIAN: Layout = { explicit: true, littleEndian: true };
export const IMPLICIT_LITTLE_ENDIAN: Layout = { explicit: false, littleEndian: true };
const EXPLICIT_BIG_ENDIAN: Layout = { explicit: true, littleEndian: false };

/** UIDs of transfer syntaxes that are not explicit little-endian (PS3.6, Table A-1). */
export const IMPLICIT_SYNTAX = '1.2.840.10008.1.2';
export const EXPLICIT_SYNTAX = '1.2.840.10008.1.2.1';
export const DEFLATED_SYNTAX = '1.2.840.10008.1.2.1.99';
const BIG_ENDIAN_SYNTAX = '1.2.840.10008.1.2.2';

export function layoutOf(transferSyntax: string): Layout {
  if (transferSyntax === IMPLICIT_SYNTAX) return IMPLICIT_LITTLE_ENDIAN;
  return transferSyntax === BIG_ENDIAN_SYNTAX ? EXPLICIT_BIG_ENDIAN : EXPLICIT_LITTLE_ENDIAN;
}

/** Value representations whose explicit form has a length of four bytes (PS3.5, 7.1.2). */
export const LONG_REPRESENTATIONS: ReadonlySet<string> = new Set([
  'OB',
  'OD',
  'OF',
  'OL',
  'OV',
  'OW',
  'SQ',
  'SV',
  'UC',
  'UN',
  'UR',
  'UT',
  'UV',
]);

export const UNDEFINED_LENGTH = 0xffffffff;
export const ITEM = 0xfffee000;
export const ITEM_END = 0xfffee00d;
export const SEQUENCE_END = 0xfffee0dd;

/** A tag as the standard prints it, for instance (0010,0010). */
export function printedTag(tag: number): string {
  const digits = tag.toString(16).toUpperCase().padStart(8, '0');
  return `(${digits.slice(0, 4)},${digits.slice(4)})`;
}

/** The first value of this tag as text, without padding; empty if there is none. */
export function textOf(dataset: DicomDataset, tag: number): string {
  const value = dataset.find((element) => element.tag === tag)?.value;
  return value?.kind === 'bytes' ? decodedText(value.bytes) : '';
}

/** Latin-1, so that every byte survives; padding at the end is dropped. */
export function decodedText(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
    .toString('latin1')
    .replace(/[\0 ]+$/, '');
}

/** A value of Latin-1 text, which everything that we write ourselves is. */
export function textValue(text: string): DicomValue {
  return { kind: 'bytes', bytes: Buffer.from(text, 'latin1') };
}
