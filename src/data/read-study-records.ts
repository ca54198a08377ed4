import { DataError } from './data-error.ts';
import type { InputSpec } from './input-spec.ts';
import { readSourceRecords, type SourceOptions } from './read-source-records.ts';
import type { SourceRecords } from './source-record.ts';
import { readTable } from './tables/read-table.ts';

/** True for what is read as a table. */
export function isTable(path: string): boolean {
  return /\.(csv|data)$/i.test(path);
}

/**
 * Reads a member's files as a study wants them: the rows of a table with the study's columns, or images in the study's size.
 * @throws DataError `data/unsuitable` where the study wants the other kind; else as the readers do
 */
export async function readStudyRecords(
  path: string,
  input: InputSpec,
  options: Omit<SourceOptions, 'size'>,
): Promise<SourceRecords> {
  if (isTable(path) !== (input.kind === 'table')) {
    const [has, wants] = input.kind === 'table' ? ['images', 'a table (.csv)'] : ['a table', 'images'];
    throw new DataError('data/unsuitable', `the path names ${has}, and the study wants ${wants}; give the other`);
  }
  if (input.kind === 'table') return readTable(path, input, options.demographics);
  const { height, width, channels } = input;
  return readSourceRecords(path, { ...options, size: { height, width, channels } });
}
