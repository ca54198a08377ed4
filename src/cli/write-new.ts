import { writeFile } from 'node:fs/promises';
import { messageOf } from '../base/errors.ts';
import { usageError } from './command-line.ts';

/** Writes what `--out` names, and nothing over what is there. @throws ConsiliumError `cli/usage` */
export async function writeNew(path: string, text: string): Promise<void> {
  try {
    await writeFile(path, text, { flag: 'wx' });
  } catch (cause) {
    throw usageError(`--out ${path}: ${messageOf(cause)}`, cause);
  }
}
