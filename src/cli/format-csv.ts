/** Text that a spreadsheet would take for a formula. */
const FORMULA = /^[=+\-@\t\r\n＝＋－＠]/;

export type Cell = string | number | boolean | null;

/** What stands between two cells. */
export type Delimiter = ',' | ';' | '\t';

/**
 * A table for spreadsheets by RFC 4180: a header, lines that end in CR LF, quotes where a cell needs them; null is an empty cell. A text
 * that a spreadsheet would compute gets an apostrophe in front. Another delimiter than RFC 4180's is for spreadsheets that expect it.
 */
export function formatCsv(
  header: readonly string[],
  rows: readonly (readonly Cell[])[],
  delimiter: Delimiter = ',',
): string {
  return [header, ...rows].map((row) => `${row.map((cell) => format(cell, delimiter)).join(delimiter)}\r\n`).join('');
}

function format(value: Cell, delimiter: Delimiter): string {
  if (typeof value !== 'string') return value === null ? '' : String(value);
  const text = FORMULA.test(value) ? `'${value}` : value;
  return /["\r\n]/.test(text) || text.includes(delimiter) ? `"${text.replaceAll('"', '""')}"` : text;
}
