import { fileError } from './data-error.ts';

/** A table of numbers whose last column is the label. */
export interface LabelledTable {
  /** Rows × features, row after row. */
  readonly values: Float64Array;
  readonly labels: Uint8Array;
  readonly rows: number;
}

/**
 * Reads comma-separated numbers of a bundled file. These have no header with the names of columns, and no quotation marks; anything
 * unusual means that the file is not ours, so it is refused as a whole, unlike a member's table (`tables/parse-csv.ts`).
 * @param columns numbers per line, label included
 * @throws DataError `data/bad-table` naming the line
 */
export function parseLabelledTable(
  path: string,
  lines: readonly string[],
  columns: number,
  classes: number,
): LabelledTable {
  const features = columns - 1;
  const values = new Float64Array(lines.length * features);
  const labels = new Uint8Array(lines.length);
  lines.forEach((line, row) => {
    const cells = line.split(',').map((cell) => (cell.trim() === '' ? Number.NaN : Number(cell)));
    const label = cells.pop() as number;
    if (cells.length !== features || !cells.every(Number.isFinite))
      throw badRow(path, row, `has not ${columns} numbers`);
    if (!Number.isInteger(label) || label < 0 || label >= classes)
      throw badRow(path, row, `has no label below ${classes}`);
    values.set(cells, row * features);
    labels[row] = label;
  });
  return { values, labels, rows: lines.length };
}

function badRow(path: string, row: number, reason: string) {
  return fileError('data/bad-table', path, {
    reason: `sample ${row + 1} ${reason}`,
    remedy: 'restore the file from the repository',
  });
}
