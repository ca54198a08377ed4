import { type OptionSpec, type OptionValues, usageError } from '../command-line.ts';
import { type Cell, type Delimiter, formatCsv } from '../format-csv.ts';

/** A table for other programs: as CSV, or as JSON with one object a row. */
export interface Sheet {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
}

/** A sheet of some of the fields of records. */
export function sheetOf<K extends string>(columns: readonly K[], records: readonly Readonly<Record<K, Cell>>[]): Sheet {
  return { columns, rows: records.map((record) => columns.map((column) => record[column])) };
}

export const sheetAsCsv = ({ columns, rows }: Sheet, delimiter?: Delimiter): string =>
  formatCsv(columns, rows, delimiter);

export function sheetAsJson({ columns, rows }: Sheet): string {
  const records = rows.map((row) => Object.fromEntries(columns.map((column, i) => [column, row[i] ?? null])));
  return `${JSON.stringify(records)}\n`;
}

const DELIMITERS: Readonly<Record<string, Delimiter>> = { comma: ',', semicolon: ';', tab: '\t' };

export const DELIMITER_OPTION = {
  delimiter: {
    type: 'string',
    value: '<name>',
    help: 'between the cells of CSV: comma, semicolon or tab (default comma)',
  },
} as const satisfies Record<string, OptionSpec>;

/** @throws ConsiliumError `cli/usage` for another name, or where nothing is written as CSV */
export function readDelimiter({ delimiter = 'comma' }: OptionValues, isCsv: boolean): Delimiter {
  const found = DELIMITERS[String(delimiter)];
  if (found === undefined) throw usageError(`--delimiter ${delimiter}: give ${Object.keys(DELIMITERS).join(', ')}`);
  if (!isCsv && delimiter !== 'comma') throw usageError('--delimiter is for CSV');
  return found;
}
