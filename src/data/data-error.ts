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
 * - `data/bad-dicom`: not a DICOM file, or a damaged one
 * - `data/not-deidentifiable`: a DICOM object that no profile makes safe, or that is left out of data sets
 * - `data/burned-in`: text in the pixels that the policy refuses, or pixels that cannot be looked at
 * - `data/option-refused`: an option of the de-identification profile that is unknown, or that we do not promise
 * - `data/output-refused`: an output folder or look-up file that is in use, or would mix with the input
 * - `data/lookup-unreadable`: a look-up table that is damaged, too open, or of another password
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
  | 'data/bad-dicom'
  | 'data/not-deidentifiable'
  | 'data/burned-in'
  | 'data/option-refused'
  | 'data/output-refused'
  | 'data/lookup-unreadable'
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
