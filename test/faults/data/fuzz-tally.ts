import type { ReadPart, ReadProblem } from '../../../src/data/reader/reading-message.ts';

/** What became of mutated files of one format. */
export interface FuzzTally {
  /** Files that were still images. */
  readonly read: number;
  /** How many files were refused with which code. */
  readonly refused: Readonly<Record<string, number>>;
  /** Seeds of files that were neither read nor refused as a damaged file should be: crashes, hangs, errors without a code or a byte. */
  readonly failures: readonly string[];
}

/** What one file gave. */
export interface FuzzedResult {
  readonly problem: Pick<ReadProblem, 'code' | 'details'> | null;
  /** True if there was something, and all of it within bounds. */
  readonly isSound: boolean;
}

export const NOTHING_READ: FuzzTally = { read: 0, refused: {}, failures: [] };

/** What a damaged file may be refused with; all else is a failure of the reader. */
const REFUSALS =
  /^data\/(bad-(image|dicom|array|archive|table)|unsupported-image|no-pixels|too-large|missing-array|count-mismatch)$/;

/** The tally with one more result. @param file the seed that the file is made of */
export function countIn(tally: FuzzTally, file: string, { problem, isSound }: FuzzedResult): FuzzTally {
  if (!problem) return isSound ? { ...tally, read: tally.read + 1 } : failedOf(tally, file, 'values');
  const { code, details } = problem;
  if (!REFUSALS.test(code)) return failedOf(tally, file, code);
  if (!Number.isSafeInteger(details['offset'])) return failedOf(tally, file, `${code} without a byte`);
  return { ...tally, refused: { ...tally.refused, [code]: (tally.refused[code] ?? 0) + 1 } };
}

/** The tally with one more failure. @param what the file did instead */
export function failedOf(tally: FuzzTally, file: string, what: string): FuzzTally {
  return { ...tally, failures: [...tally.failures, `${file}: ${what}`] };
}

export function sumOf(one: FuzzTally, other: FuzzTally): FuzzTally {
  const codes = new Set([...Object.keys(one.refused), ...Object.keys(other.refused)]);
  return {
    read: one.read + other.read,
    refused: Object.fromEntries(
      Array.from(codes, (code) => [code, (one.refused[code] ?? 0) + (other.refused[code] ?? 0)]),
    ),
    failures: [...one.failures, ...other.failures],
  };
}

export function isSoundPart({ values, shape }: Pick<ReadPart, 'values' | 'shape'>): boolean {
  return values.length === shape.reduce((a, b) => a * b, 1) && values.every((value) => value >= 0 && value <= 1);
}
