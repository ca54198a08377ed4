import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { DataError } from '../../src/data/data-error.ts';
import { readNpz } from '../../src/data/read-npz.ts';

/** A folder for the files of one test file. */
export interface NpzFolder {
  readonly path: string;
  /** @returns the path of the written file */
  write(name: string, bytes: Uint8Array): Promise<string>;
  remove(): Promise<void>;
}

export async function createNpzFolder(): Promise<NpzFolder> {
  const path = await mkdtemp(join(tmpdir(), 'consilium-npz-'));
  return {
    path,
    write: async (name, bytes) => {
      await writeFile(join(path, name), bytes);
      return join(path, name);
    },
    remove: () => rm(path, { recursive: true }),
  };
}

/** The typed error that reading the file ends in. */
export async function refusalOf(path: string): Promise<DataError> {
  const error: unknown = await readNpz(path).then(
    () => null,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(DataError);
  return error as DataError;
}
