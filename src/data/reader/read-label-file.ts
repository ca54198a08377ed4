import { CsvError, parse } from 'csv-parse/sync';
import { fileError } from '../data-error.ts';
import { readRegularFile } from '../read-file.ts';

const MAX_LABEL_FILE_ROWS = 1_000_000;
const MAX_ROW_CHARACTERS = 10_000;

/** What a table says about a file. */
export interface FileLabel {
  readonly label: string;
  readonly patient: string | null;
}

/**
 * Reads a CSV whose header names the columns `file` (relative to the folder), `label` and, if it is known, `patient`; further
 * columns are ignored. The names of files are only looked up, never used as paths.
 * @throws DataError `data/bad-table`, or as `readRegularFile` does
 */
export async function readLabelFile(path: string): Promise<Map<string, FileLabel>> {
  const rows = parseRows(path, await readRegularFile(path));
  const columns = (rows[0] ?? []).map((name) => name.trim().toLowerCase());
  const [file, label, patient] = ['file', 'label', 'patient'].map((name) => columns.indexOf(name)) as [
    number,
    number,
    number,
  ];
  if (file < 0 || label < 0) throw bad(path, 'has no columns called file and label');
  const labels = new Map<string, FileLabel>();
  for (const [index, row] of rows.slice(1).entries()) {
    const name = (row[file] ?? '').trim().replaceAll('\\', '/').replace(/^\.\//, '');
    if (name === '') throw bad(path, `names no file in row ${index + 2}`);
    if (labels.has(name)) throw bad(path, `names a file a second time in row ${index + 2}`);
    labels.set(name, {
      label: (row[label] ?? '').trim(),
      patient: (patient < 0 ? undefined : row[patient])?.trim() || null,
    });
  }
  return labels;
}

function parseRows(path: string, bytes: Buffer): string[][] {
  try {
    return parse(bytes, {
      bom: true,
      skip_empty_lines: true,
      max_record_size: MAX_ROW_CHARACTERS,
      to: MAX_LABEL_FILE_ROWS,
    });
  } catch (cause) {
    // Its message may quote a row.
    const line = cause instanceof CsvError && 'lines' in cause ? ` in line ${String(cause['lines'])}` : '';
    throw bad(path, `is no sound CSV${line}`);
  }
}

function bad(path: string, reason: string) {
  return fileError('data/bad-table', path, {
    reason,
    remedy: 'give a CSV with a header file,label or file,label,patient',
  });
}
