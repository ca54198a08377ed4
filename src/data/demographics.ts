import { DataError } from './data-error.ts';
import { type DemographicColumns, OLDEST_YEARS, SEXES, type Sex, UNKNOWN } from './prepared-demographics.ts';

/** What is known of the person behind a record, for figures by group. Never leaves the site. */
export interface Demographics {
  readonly sex: Sex | null;
  /** Whole years; null where it is not known. */
  readonly ageYears: number | null;
}

/** Where sex and age are found: a column of the table or of the label CSV, or `dicom` for what DICOM files say; null for nowhere. */
export interface DemographicSource {
  readonly sex: { readonly column: string; readonly female: string; readonly male: string } | null;
  readonly age: { readonly column: string } | null;
}

/** The name that stands for the header of DICOM files in place of a column. */
export const DICOM_HEADER = 'dicom';

export const NO_DEMOGRAPHICS: DemographicSource = { sex: null, age: null };

const WORDS: Readonly<Record<string, Sex>> = {
  f: 'female',
  female: 'female',
  m: 'male',
  male: 'male',
  o: 'other',
  other: 'other',
};

/** @param codes what the files write for female and male, besides the words and DICOM's F, M and O; numbers are compared as numbers */
export function parseSex(text: string | null, codes?: { readonly female: string; readonly male: string }): Sex | null {
  if (text === null) return null;
  if (isSame(text, codes?.female)) return 'female';
  if (isSame(text, codes?.male)) return 'male';
  return WORDS[text.toLowerCase()] ?? null;
}

const isSame = (text: string, code: string | undefined): boolean =>
  text === code || (/^\d/.test(text) && Number(text) === Number(code));

const UNIT_YEARS: Readonly<Record<string, number>> = { Y: 1, M: 1 / 12, W: 7 / 365.25, D: 1 / 365.25 };

/** Reads an age as a number of years, or as DICOM writes it (047Y, 018M); null for what is no age of a person. */
export function parseAge(text: string | null): number | null {
  const [, number, unit = 'Y'] = /^(\d{1,3}(?:\.\d+)?)([YMWD])?$/.exec(text?.trim() ?? '') ?? [];
  if (number === undefined) return null;
  const years = Math.floor(Number(number) * (UNIT_YEARS[unit] ?? 1));
  return years <= OLDEST_YEARS ? years : null;
}

/** A column for each, or nothing where no record says anything. */
export function toColumns(all: readonly (Demographics | undefined)[]): { demographics?: DemographicColumns } {
  const columns = {
    sexes: Uint8Array.from(all, (each) => (each?.sex == null ? UNKNOWN : SEXES.indexOf(each.sex))),
    ages: Uint8Array.from(all, (each) => each?.ageYears ?? UNKNOWN),
  };
  const isEmpty = [columns.sexes, columns.ages].every((column) => column.every((value) => value === UNKNOWN));
  return isEmpty ? {} : { demographics: columns };
}

/** @throws DataError `data/bad-option` where a source is named that the files do not have */
export function noSuchSource(source: DemographicSource, where: string): DataError {
  const names = [source.sex?.column, source.age?.column].filter((name) => name !== undefined).join(' and ');
  return new DataError(
    'data/bad-option',
    `${where} cannot tell sex or age from ${names}; see --sex and --age in --help`,
  );
}
