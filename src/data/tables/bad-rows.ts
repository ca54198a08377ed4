import { DataError, fileError } from '../data-error.ts';

/** Problems that are listed in full. A table that is no table has as many as it has lines. */
const MAX_LISTED = 1_000;

/** Where a row of a table begins. */
export interface RowPlace {
  /** Of the file, from 1; the header is line 1. */
  readonly line: number;
  /** Bytes of the file before this row. */
  readonly offset: number;
}

/** The rows of one table that cannot be used. */
export interface BadRows {
  /** Cells must not be quoted in a reason. */
  readonly add: (place: RowPlace, reason: string) => void;
  /** The first 1,000, and one more that counts the others in `details.more`. */
  readonly errors: () => DataError[];
}

/** Time and memory for further rows do not grow once enough are listed. */
export function createBadRows(path: string): BadRows {
  const listed: DataError[] = [];
  let more = 0;
  return {
    add({ line, offset }, reason) {
      if (listed.length < MAX_LISTED) listed.push(badTable(path, `line ${line} ${reason}`, offset));
      else more++;
    },
    errors: () => (more === 0 ? [...listed] : [...listed, othersError(path, more)]),
  };
}

/** How many files or rows a list of problems stands for. */
export function countLeftOut(problems: readonly DataError[]): number {
  return problems.reduce((total, { details }) => total + Number(details['more'] ?? 1), 0);
}

function badTable(path: string, reason: string, offset: number): DataError {
  return fileError('data/bad-table', path, { reason, remedy: 'correct the row', offset });
}

function othersError(path: string, more: number): DataError {
  const { message, details } = fileError('data/bad-table', path, {
    reason: `has ${more} more rows that cannot be used`,
    remedy: 'check that it is the right table',
  });
  return new DataError('data/bad-table', message, { details: { ...details, more } });
}
