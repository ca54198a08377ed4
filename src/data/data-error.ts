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
 * - `data/bad-image`: an image file that is damaged, or states what cannot be
 * - `data/unsupported-image`: an image of a kind that is not read, or a file that is no image
 * - `data/no-pixels`: a DICOM file that holds no image
 * - `data/no-label`: nothing says which class a file belongs to
 * - `data/bad-option`: a reading option that cannot be followed
 * - `data/took-too-long`, `data/too-much-memory`, `data/reader-failed`: reading a file was stopped, or ended the process that did it
 * - `data/unsuitable`: records that do not fit the study's input
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
  | 'data/impossible-split'
  | 'data/bad-image'
  | 'data/unsupported-image'
  | 'data/no-pixels'
  | 'data/no-label'
  | 'data/bad-option'
  | 'data/took-too-long'
  | 'data/too-much-memory'
  | 'data/reader-failed'
  | 'data/unsuitable';

/** Everything that `src/data` throws on purpose; the message is one line: file, reason, remedy. */
export class DataError extends ConsiliumError<DataErrorCode> {}

/** What is wrong with a file, what to do about it, and what was thrown below. */
export interface FileProblem {
  readonly reason: string;
  readonly remedy: string;
  /** Where in the file, counted in bytes from its start, if there is such a place. */
  readonly offset?: number | undefined;
  readonly cause?: unknown;
}

/** Only the file's name is quoted, without control characters, never its folder. */
export function fileError(code: DataErrorCode, path: string, problem: FileProblem): DataError {
  const { reason, remedy, offset, cause } = problem;
  const file = printable(basename(path) || path);
  const place = offset === undefined ? '' : ` (byte ${offset})`;
  const details = offset === undefined ? { file } : { file, offset };
  return new DataError(code, `${file}: ${printable(reason)}${place}; ${remedy}`, { details, cause });
}

function printable(text: string): string {
  return text.replaceAll(/[^\x20-\x7e\u00a0-\ud7ff\uf900-\ufffd]/g, '?').slice(0, 300);
}
