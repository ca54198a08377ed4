import { type CsvError, parse } from 'csv-parse/sync';
import { type DataError, fileError } from '../data-error.ts';

/** A row above this many characters is no row of a table; an open quotation mark would take in the whole file. */
const MAX_ROW_CHARACTERS = 100_000;
const MAX_ROWS = 1_000_000;
const MAX_COLUMNS = 4096;

/** One line of a table, and where it ends. */
export interface CsvRow {
  /** Trimmed. */
  readonly cells: readonly string[];
  /** Of the file, from 1; the header is line 1. */
  readonly line: number;
  /** Bytes of the file up to the end of this row. */
  readonly offset: number;
}

/** A table whose rows all have as many cells as its header; all other rows are listed. */
export interface CsvTable {
  readonly header: readonly string[];
  readonly rows: readonly CsvRow[];
  readonly problems: readonly DataError[];
}

type ParsedRow = { record: string[]; info: { lines: number; bytes: number } };

/**
 * Parses comma-separated values with a header (RFC 4180, UTF-8, with or without a byte order mark). Cells are never quoted in a problem.
 * @throws DataError `data/bad-table` where there is no usable header, `data/too-large`
 */
export function parseCsv(path: string, bytes: Uint8Array): CsvTable {
  const problems: DataError[] = [];
  const skip = (error: CsvError | undefined): void => {
    const { lines, bytes: offset } = placeOf(error);
    problems.push(badRow(path, lines, { reason: 'is damaged or too long', offset }));
  };
  const [first, ...others] = parseRows(path, bytes, skip);
  const header = first?.record.map((name) => name.trim()) ?? [];
  checkHeader(path, header);
  const rows: CsvRow[] = [];
  for (const { record, info } of others) {
    const cells = record.map((cell) => cell.trim());
    if (cells.length === header.length) rows.push({ cells, line: info.lines, offset: info.bytes });
    else {
      const reason = `has ${cells.length} cells, the header ${header.length}`;
      problems.push(badRow(path, info.lines, { reason, offset: info.bytes }));
    }
  }
  return { header, rows, problems };
}

/** What is wrong with one row of a table. */
export function badRow(
  path: string,
  line: number,
  { reason, offset }: { readonly reason: string; readonly offset: number },
): DataError {
  return fileError('data/bad-table', path, { reason: `line ${line} ${reason}`, remedy: 'correct the row', offset });
}

function parseRows(path: string, bytes: Uint8Array, skip: (error: CsvError | undefined) => void): ParsedRow[] {
  const rows = parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), {
    bom: true,
    info: true,
    relax_column_count: true,
    skip_empty_lines: true,
    skip_records_with_error: true,
    max_record_size: MAX_ROW_CHARACTERS,
    to: MAX_ROWS + 2,
    on_skip: (error) => {
      skip(error);
      return undefined;
    },
  }) as unknown as ParsedRow[];
  if (rows.length <= MAX_ROWS + 1) return rows;
  throw fileError('data/too-large', path, { reason: `has more than ${MAX_ROWS} rows`, remedy: 'give it in parts' });
}

function placeOf(error: CsvError | undefined): { lines: number; bytes: number } {
  const place = { lines: error?.['lines'], bytes: error?.['bytes'] };
  return { lines: Number(place.lines ?? 0), bytes: Number(place.bytes ?? 0) };
}

function checkHeader(path: string, header: readonly string[]): void {
  const repeated = header.find((name, index) => header.indexOf(name) !== index);
  const reason =
    header.length < 2
      ? 'has no header with two columns and more'
      : header.length > MAX_COLUMNS
        ? `has ${header.length} columns, more than ${MAX_COLUMNS}`
        : repeated !== undefined
          ? 'names a column twice in its header'
          : null;
  if (reason === null) return;
  throw fileError('data/bad-table', path, { reason, remedy: 'give comma-separated values with a header in line 1' });
}
