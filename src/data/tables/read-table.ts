import { basename } from 'node:path';
import { fileError } from '../data-error.ts';
import { type DemographicSource, type Demographics, NO_DEMOGRAPHICS, parseAge, parseSex } from '../demographics.ts';
import type { TableColumn, TableInput } from '../input-spec.ts';
import { readRegularFile } from '../read-file.ts';
import type { SourceRecord, SourceRecords } from '../source-record.ts';
import { type CsvTable, parseCsv } from './parse-csv.ts';

/**
 * Reads a CSV table as a study describes it. A record has one number a column: the measurement, or the index of the level; NaN where the
 * cell is empty, marked as missing, no number, out of range, or none of the levels. Rows without a label are listed.
 * @param source columns that sex and age are taken from, beside the inputs
 * @throws DataError `data/bad-table` if a column is not there; as `readRegularFile` does
 */
export async function readTable(
  path: string,
  spec: TableInput,
  source: DemographicSource = NO_DEMOGRAPHICS,
): Promise<SourceRecords> {
  return toRecords(path, parseCsv(path, await readRegularFile(path)), { spec, source });
}

function toRecords(
  path: string,
  table: CsvTable,
  { spec, source }: { readonly spec: TableInput; readonly source: DemographicSource },
): SourceRecords {
  const columns = spec.columns.map((column) => ({ column, at: columnAt(path, table, column.name) }));
  const label = columnAt(path, table, spec.label.column);
  const patient = spec.patient === null ? null : columnAt(path, table, spec.patient);
  const time = spec.time === null ? null : columnAt(path, table, spec.time);
  const personOf = personReader(source, (name) => columnAt(path, table, name));
  const missing = new Set(['', ...spec.missing]);
  const records: SourceRecord[] = [];
  for (const row of table.rows) {
    const cell = (at: number): string | null => {
      const text = row.cells[at] ?? '';
      return missing.has(text) ? null : text;
    };
    const name = classOf(cell(label), spec.label);
    const follow = time === null ? null : numberIn(cell(time));
    if (name === null) table.badRows.add(row, 'has no label that the study knows');
    else if (follow !== null && !(follow >= 0)) table.badRows.add(row, 'has no follow-up time');
    else {
      records.push({
        place: `${basename(path)} line ${row.line}`,
        patient: patient === null ? null : cell(patient),
        label: name,
        ...(follow === null ? {} : { time: follow }),
        ...personOf(cell),
        values: Float32Array.from(columns, ({ column, at }) => valueOf(cell(at), column)),
        shape: [columns.length],
      });
    }
  }
  return { records, problems: table.badRows.errors() };
}

/** @param at finds a column by its name */
function personReader(
  { sex, age }: DemographicSource,
  at: (name: string) => number,
): (cell: (at: number) => string | null) => { demographics?: Demographics } {
  if (sex === null && age === null) return () => ({});
  const [sexAt, ageAt] = [sex === null ? null : at(sex.column), age === null ? null : at(age.column)];
  return (cell) => ({
    demographics: {
      sex: sex === null || sexAt === null ? null : parseSex(cell(sexAt), sex),
      ageYears: ageAt === null ? null : parseAge(cell(ageAt)),
    },
  });
}

function columnAt(path: string, { header }: CsvTable, name: string): number {
  const at = header.indexOf(name);
  if (at >= 0) return at;
  const remedy = "name the columns as the study's input says";
  throw fileError('data/bad-table', path, { reason: `has no column ${name}`, remedy, offset: 0 });
}

function classOf(cell: string | null, label: TableInput['label']): string | null {
  if (cell === null) return null;
  if (label.kind === 'class') return label.classes.includes(cell) ? cell : null;
  const value = numberIn(cell);
  return Number.isNaN(value) ? null : (label.classes[value > label.above ? 1 : 0] ?? null);
}

function valueOf(cell: string | null, column: TableColumn): number {
  if (column.kind === 'number') {
    const value = numberIn(cell);
    return value >= column.least && value <= column.most ? value : Number.NaN;
  }
  const level = column.levels.findIndex((each) => each === cell || Number(each) === numberIn(cell));
  return level < 0 ? Number.NaN : level;
}

/** Decimal numbers only: no hexadecimal, no infinity, no words. */
function numberIn(cell: string | null): number {
  return cell !== null && /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d{1,3})?$/i.test(cell) ? Number(cell) : Number.NaN;
}
