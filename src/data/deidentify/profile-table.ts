import { isPrivate } from './dicom-dictionary.ts';
import { PROFILE_ATTRIBUTES } from './profile-attributes.ts';

/** Options of the Basic Profile that say what happens to attributes, in the order of the table's columns. */
export const ATTRIBUTE_OPTIONS = [
  'retain-safe-private',
  'retain-uids',
  'retain-device-identity',
  'retain-institution-identity',
  'retain-patient-characteristics',
  'retain-full-dates',
  'retain-modified-dates',
  'clean-descriptors',
  'clean-structured-content',
  'clean-graphics',
] as const;

export type AttributeOption = (typeof ATTRIBUTE_OPTIONS)[number];

/** A row of DICOM PS3.15, Table E.1-1. */
export interface ProfileAttribute {
  /** Eight hexadecimal digits, `x` for any; or `private`. */
  readonly pattern: string;
  readonly vr: string;
  /** As printed, for instance `X/Z/D`. */
  readonly basic: string;
  /** K (keep) or C (clean) for the options that change what happens. */
  readonly options: ReadonlyMap<AttributeOption, string>;
  readonly name: string;
}

export const profileAttributes: readonly ProfileAttribute[] = PROFILE_ATTRIBUTES.trim().split('\n').map(parseRow);

function parseRow(row: string): ProfileAttribute {
  const [pattern = '', vr = '', basic = '', letters = '', name = ''] = row.split('|');
  const options = ATTRIBUTE_OPTIONS.map((option, column) => [option, letters[column] ?? '-'] as const);
  return { pattern, vr, basic, options: new Map(options.filter(([, letter]) => letter !== '-')), name };
}

const byPattern = new Map(profileAttributes.map((attribute) => [attribute.pattern, attribute]));

/** The row that a tag falls under, or undefined where the table has none. */
export function profileAttribute(tag: number): ProfileAttribute | undefined {
  if (isPrivate(tag)) return byPattern.get('private');
  const digits = tag.toString(16).padStart(8, '0');
  const group = `${digits.slice(0, 2)}xx`;
  return byPattern.get(digits) ?? byPattern.get(`${group}${digits.slice(4)}`) ?? byPattern.get(`${group}xxxx`);
}
