import { type Cell, formatCsv } from '../format-csv.ts';

/** A table for other programs: as CSV, or as JSON with one object a row. */
export interface Sheet {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
}

/** A sheet of some of the fields of records. */
export function sheetOf<K extends string>(columns: readonly K[], records: readonly Readonly<Record<K, Cell>>[]): Sheet {
  return { columns, rows: records.map((record) => columns.map((column) => record[column])) };
}

export const sheetAsCsv = ({ columns, rows }: Sheet): string => formatCsv(columns, rows);

export function sheetAsJson({ columns, rows }: Sheet): string {
  const records = rows.map((row) => Object.fromEntries(columns.map((column, i) => [column, row[i] ?? null])));
  return `${JSON.stringify(records)}\n`;
}
