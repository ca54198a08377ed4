import { type DataError, fileError } from '../data-error.ts';
import {
  type DemographicSource,
  type Demographics,
  DICOM_HEADER,
  NO_DEMOGRAPHICS,
  parseAge,
  parseSex,
} from '../demographics.ts';
import { readRegularFile } from '../read-file.ts';
import { type CsvTable, parseCsv } from '../tables/parse-csv.ts';

/** What a table says about a file. */
export interface FileLabel {
  readonly label: string;
  readonly patient: string | null;
  readonly demographics?: Demographics;
}

/** Labels by file, and the rows that could not be used. */
export interface LabelFile {
  readonly labels: ReadonlyMap<string, FileLabel>;
  readonly problems: readonly DataError[];
}

/**
 * Reads a CSV whose header names the columns `file` (relative to the folder), `label` and, if it is known, `patient`; further
 * columns are ignored. The names of files are only looked up, never used as paths. A file that two rows name has the label of
 * neither, since one of them is wrong.
 * @param source further columns that sex and age are taken from
 * @throws DataError `data/bad-table` without these columns, or as `parseCsv` and `readRegularFile` do
 */
export async function readLabelFile(path: string, source: DemographicSource = NO_DEMOGRAPHICS): Promise<LabelFile> {
  const table = parseCsv(path, await readRegularFile(path));
  const { file, label, patient } = columnsOf(path, table);
  const personOf = personReader(path, table, source);
  const labels = new Map<string, FileLabel>();
  const named = new Set<string>();
  for (const row of table.rows) {
    const name = (row.cells[file] ?? '').replaceAll('\\', '/').replace(/^\.\//, '');
    if (name === '') table.badRows.add(row, 'names no file');
    else if (named.has(name)) {
      labels.delete(name);
      table.badRows.add(row, 'names a file a second time');
    } else {
      labels.set(name, { label: row.cells[label] ?? '', patient: row.cells[patient] || null, ...personOf(row.cells) });
    }
    named.add(name);
  }
  return { labels, problems: table.badRows.errors() };
}

function personReader(
  path: string,
  { header }: CsvTable,
  { sex, age }: DemographicSource,
): (cells: readonly string[]) => { demographics?: Demographics } {
  const at = (name: string | undefined): number | null => {
    if (name === undefined || name === DICOM_HEADER) return null;
    const column = header.indexOf(name);
    if (column >= 0) return column;
    const remedy = 'name a column that it has with --sex and --age';
    throw fileError('data/bad-table', path, { reason: `has no column ${name}`, remedy });
  };
  const [sexAt, ageAt] = [at(sex?.column), at(age?.column)];
  if (sexAt === null && ageAt === null) return () => ({});
  return (cells) => ({
    demographics: {
      sex: sexAt === null || sex === null ? null : parseSex(cells[sexAt] ?? null, sex),
      ageYears: ageAt === null ? null : parseAge(cells[ageAt] ?? null),
    },
  });
}

function columnsOf(path: string, { header }: CsvTable): { file: number; label: number; patient: number } {
  const names = header.map((name) => name.toLowerCase());
  const columns = { file: names.indexOf('file'), label: names.indexOf('label'), patient: names.indexOf('patient') };
  if (columns.file >= 0 && columns.label >= 0) return columns;
  throw fileError('data/bad-table', path, {
    reason: 'has no columns called file and label',
    remedy: 'give a CSV with a header file,label or file,label,patient',
  });
}
