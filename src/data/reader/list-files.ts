import { opendir } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { fileError } from '../data-error.ts';

const MAX_FILES = 1_000_000;
const MAX_DEPTH = 32;

/**
 * The regular files below a folder, in the order of their names on every machine. Links are not followed, and what starts with a
 * point is left out.
 * @returns paths relative to the folder, with `/` between their parts
 * @throws DataError `data/unreadable` or `data/too-large`
 */
export async function listFiles(folder: string): Promise<string[]> {
  const files: string[] = [];
  await collect(folder, { root: folder, files, depth: 0 });
  return files.sort();
}

interface Collected {
  readonly root: string;
  readonly files: string[];
  readonly depth: number;
}

async function collect(folder: string, { root, files, depth }: Collected): Promise<void> {
  try {
    for await (const entry of await opendir(folder)) {
      if (entry.name.startsWith('.')) continue;
      const path = join(folder, entry.name);
      if (entry.isDirectory() && depth < MAX_DEPTH) await collect(path, { root, files, depth: depth + 1 });
      if (entry.isFile()) files.push(relative(root, path).split(sep).join('/'));
      if (files.length > MAX_FILES) throw tooMany(root);
    }
  } catch (cause) {
    if (cause instanceof Error && 'syscall' in cause) {
      throw fileError('data/unreadable', folder, {
        reason: 'cannot be listed',
        remedy: 'check its permissions',
        cause,
      });
    }
    throw cause;
  }
}

function tooMany(root: string) {
  const reason = `holds more than ${MAX_FILES} files`;
  return fileError('data/too-large', root, { reason, remedy: 'give a folder of one data set' });
}
