import { basename } from 'node:path';
import { ConsiliumError } from '../base/errors.ts';

/**
 * - `data/missing-file`, `data/not-a-file`, `data/unreadable`: there is nothing to read at that path
 * - `data/too-large`: a file, an archive's member or its compression ratio is above a limit
 * - `data/bad-archive`: not a ZIP archive, or a damaged or unusual one
 * - `data/missing-array`: the archive lacks an array of the MedMNIST layout
 * - `data/bad-array`: an array that is damaged, or of a type or shape that we do not read
 * - `data/count-mismatch`: not as many labels as images
 * - `data/label-out-of-range`: a label that is no class of the training part
 * - `data/single-class`: nothing to tell apart
 * - `data/bad-table`: a CSV that is not as its header says
 * - `data/impossible-split`: too few samples for that many members
 */
export type DataErrorCode =
  | 'data/missing-file'
  | 'data/not-a-file'
  | 'data/unreadable'
  | 'data/too-large'
  | 'data/bad-archive'
  | 'data/missing-array'
  | 'data/bad-array'
  | 'data/count-mismatch'
  | 'data/label-out-of-range'
  | 'data/single-class'
  | 'data/bad-table'
  | 'data/impossible-split';

/** Everything that `src/data` throws on purpose; the message is one line: file, reason, remedy. */
export class DataError extends ConsiliumError<DataErrorCode> {}

/** What is wrong with a file, what to do about it, and what was thrown below. */
export interface FileProblem {
  readonly reason: string;
  readonly remedy: string;
  readonly cause?: unknown;
}

/** Only the file's name is quoted, without control characters, never its folder. */
export function fileError(code: DataErrorCode, path: string, { reason, remedy, cause }: FileProblem): DataError {
  const file = printable(basename(path) || path);
  return new DataError(code, `${file}: ${printable(reason)}; ${remedy}`, { details: { file }, cause });
}

function printable(text: string): string {
  return text.replaceAll(/[^\x20-\x7e\u00a0-\ud7ff\uf900-\ufffd]/g, '?').slice(0, 300);
}
