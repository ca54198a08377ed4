import { digestOf } from './find-duplicates.ts';
import type { SourceRecord } from './source-record.ts';

/** Equal pairs of rows that chance alone may make before equal rows no longer count as copies. */
const MAX_CHANCE_PAIRS = 1;

/**
 * For each record a key that its copies share, or null where equality says nothing.
 *
 * Images that are equal pixel by pixel are copies. Of tables, only rows without a patient can be: rows of two patients are different by
 * what the table says. They are copies if all their values, label and time are equal, and if columns filled in independently of each other,
 * each with the frequencies it has, would make fewer than one equal pair. A table of a few categories has equal rows by chance.
 */
export function copyKeys(records: readonly SourceRecord[]): (string | null)[] {
  const rows = records.filter((record) => isRow(record) && record.patient === null);
  const areRowsTelling = chancePairs(rows) < MAX_CHANCE_PAIRS;
  return records.map((record) => {
    if (!isRow(record)) return digestOf(record.values);
    if (record.patient !== null || !areRowsTelling) return null;
    return JSON.stringify([record.label, record.time ?? null, digestOf(record.values)]);
  });
}

function isRow({ shape }: SourceRecord): boolean {
  return shape.length === 1;
}

/** How many pairs of rows are expected to be equal if columns were independent. */
function chancePairs(rows: readonly SourceRecord[]): number {
  const [first] = rows;
  if (first === undefined) return 0;
  const columns = [...first.values.keys()].map((at) => rows.map(({ values }) => values[at]));
  const all: unknown[][] = [...columns, rows.map(({ label }) => label), rows.map(({ time }) => time)];
  const pairs = (rows.length * (rows.length - 1)) / 2;
  return all.reduce<number>((expected, cells) => expected * chanceOfEqual(cells), pairs);
}

/** That two cells drawn from a column, with replacement, are equal. */
function chanceOfEqual(cells: readonly unknown[]): number {
  const counts = new Map<unknown, number>();
  for (const cell of cells) counts.set(cell, (counts.get(cell) ?? 0) + 1);
  return [...counts.values()].reduce((sum, count) => sum + (count / cells.length) ** 2, 0);
}
