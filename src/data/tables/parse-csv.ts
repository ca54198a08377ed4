import { CsvError, parse } from 'csv-parse/sync';
import { fileError } from '../data-error.ts';
import { type BadRows, createBadRows, type RowPlace } from './bad-rows.ts';
import { checkEncoding, checkHeader, checkLines } from './check-table.ts';

/** A row above this many characters is no row of a table; an open quotation mark would take in the whole file. */
const MAX_ROW_CHARACTERS = 100_000;
const MAX_ROWS = 1_000_000;
/** Rows that cannot be parsed; each costs more time than a good one. */
const MAX_BAD_ROWS = 100_000;

const NEW_LINE = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/** One row of a table, and where it begins. */
export interface CsvRow extends RowPlace {
  /** Trimmed. */
  readonly cells: readonly string[];
}

/** A table whose rows all have as many cells as its header; all other rows are listed. */
export interface CsvTable {
  readonly header: readonly string[];
  readonly rows: readonly CsvRow[];
  readonly badRows: BadRows;
}

/**
 * Parses comma-separated values with a header (RFC 4180, UTF-8, with or without a byte order mark). After a row with damaged quotation
 * marks, the next line is read as a row again. Cells are never quoted in a problem.
 * @throws DataError `data/bad-table` where there is no usable header, more than 100,000 rows that cannot be parsed, a line of more than
 * 4,096 cells, or other text than UTF-8 (with the offset); `data/too-large`
 */
export function parseCsv(path: string, bytes: Uint8Array): CsvTable {
  checkEncoding(path, bytes);
  checkLines(path, bytes);
  const badRows = createBadRows(path);
  const rows: CsvRow[] = [];
  let header: string[] | null = null;
  let [count, bad] = [0, 0];
  const skip = (place: RowPlace, reason: string): void => {
    if (header === null) checkHeader(path, []);
    if (++bad > MAX_BAD_ROWS) throw noTable(path, place);
    badRows.add(place, reason);
  };
  const take = (record: readonly string[], place: RowPlace): void => {
    if (header === null) {
      header = record.map((name) => name.trim());
      checkHeader(path, header);
    } else if (++count > MAX_ROWS) {
      const reason = `has more than ${MAX_ROWS} rows`;
      throw fileError('data/too-large', path, { reason, remedy: 'give it in parts', offset: place.offset });
    } else if (record.length !== header.length) {
      skip(place, `has ${record.length} cells, the header ${header.length}`);
    } else rows.push({ ...place, cells: record.map((cell) => cell.trim()) });
  };
  parseRows(bytes, take, (place) => skip(place, 'has a damaged quotation mark or is too long'));
  checkHeader(path, header ?? []);
  return { header: header ?? [], rows, badRows };
}

function noTable(path: string, { offset }: RowPlace) {
  const reason = `has more than ${MAX_BAD_ROWS} rows that cannot be parsed`;
  return fileError('data/bad-table', path, { reason, remedy: 'give comma-separated values', offset });
}

/** Parses from the start, and again from the line after each damaged row. */
function parseRows(
  bytes: Uint8Array,
  take: (record: readonly string[], place: RowPlace) => void,
  skip: (place: RowPlace) => void,
): void {
  const newLine = bytes.includes(NEW_LINE) ? NEW_LINE : CARRIAGE_RETURN;
  const placeOf = createPlaces(bytes, newLine);
  let from = 0;
  while (from < bytes.length) {
    const end = parseUntilDamage(bytes, { from, newLine }, (record, at) => take(record, placeOf(at)));
    if (end === null) return;
    const place = placeOf(end);
    skip(place);
    const lineEnd = bytes.indexOf(newLine, place.offset);
    from = lineEnd < 0 ? bytes.length : lineEnd + 1;
  }
}

/**
 * @param take gets each row, and where the one before it ended
 * @returns where the last sound row ended if one that is damaged follows, else null
 */
function parseUntilDamage(
  bytes: Uint8Array,
  { from, newLine }: { readonly from: number; readonly newLine: number },
  take: (record: readonly string[], previousEnd: number) => void,
): number | null {
  let end = from;
  try {
    parse(Buffer.from(bytes.buffer, bytes.byteOffset + from, bytes.length - from), {
      bom: from === 0,
      relax_column_count: true,
      skip_empty_lines: true,
      max_record_size: MAX_ROW_CHARACTERS,
      record_delimiter: newLine === NEW_LINE ? ['\r\n', '\n'] : '\r',
      on_record: (record: string[], { bytes: parsed }) => {
        take(record, end);
        end = from + parsed;
        return null;
      },
    });
    return null;
  } catch (error) {
    if (error instanceof CsvError) return end;
    throw error;
  }
}

/** Finds where the row after a place begins, past empty lines. Places must be asked for in ascending order. */
function createPlaces(bytes: Uint8Array, newLine: number): (after: number) => RowPlace {
  let [line, offset] = [1, 0];
  return (after) => {
    for (; offset < bytes.length; offset++) {
      const byte = bytes[offset];
      if (offset >= after && byte !== NEW_LINE && byte !== CARRIAGE_RETURN) break;
      if (byte === newLine) line++;
    }
    return { line, offset };
  };
}
