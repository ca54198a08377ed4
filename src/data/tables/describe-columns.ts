import type { CsvTable } from './parse-csv.ts';

/** What a column of a table holds, for the member's own eyes. */
export interface ColumnSummary {
  readonly name: string;
  /** Numbers only, apart from what is missing, or words. */
  readonly kind: 'number' | 'category';
  readonly missing: number;
  /** Different values. */
  readonly different: number;
  /** Smallest and largest number; null for words. */
  readonly range: readonly [number, number] | null;
}

/** What tables use for: not known. */
const MISSING = new Set(['', '?', 'na', 'n/a', 'nan', 'null', 'none', '.']);

/** Describes a table of which nothing is known but its header. */
export function describeColumns({ header, rows }: CsvTable): ColumnSummary[] {
  return header.map((name, at) => {
    const cells = rows.map(({ cells: row }) => row[at] ?? '').filter((cell) => !MISSING.has(cell.toLowerCase()));
    const numbers = cells.map(Number);
    const isNumber = cells.length > 0 && numbers.every(Number.isFinite);
    return {
      name,
      kind: isNumber ? 'number' : 'category',
      missing: rows.length - cells.length,
      different: new Set(cells).size,
      range: isNumber ? rangeOf(numbers) : null,
    };
  });
}

/** Different rows that are there more than once. */
export function countRepeatedRows({ rows }: CsvTable): number {
  const groups = Map.groupBy(rows, ({ cells }) => JSON.stringify(cells));
  return [...groups.values()].filter(({ length }) => length > 1).length;
}

function rangeOf(numbers: readonly number[]): [number, number] {
  return numbers.reduce<[number, number]>(
    ([least, most], value) => [Math.min(least, value), Math.max(most, value)],
    [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
  );
}
