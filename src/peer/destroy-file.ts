import { randomBytes } from 'node:crypto';
import { lstat, open, readdir, realpath, rename, rm, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';

const CHUNK_BYTES = 1024 * 1024;

/**
 * Overwrites a file with random bytes, syncs, cuts it to nothing, gives it a name that says nothing, and removes it. A link is removed with what it
 * leads to. What a file system that copies on write, snapshots, backups or a solid-state disk keep of the old blocks is out of reach.
 * @returns false if there is no such file
 */
export async function destroyFile(path: string): Promise<boolean> {
  const found = await lstat(path).catch(absent);
  if (found === null) return false;
  if (found.isSymbolicLink()) {
    const target = await realpath(path).catch(absent);
    if (target !== null) await destroyFile(target);
    await unlink(path);
    await syncFolder(dirname(path));
    return true;
  }
  const file = await open(path, 'r+');
  try {
    const { size } = await file.stat();
    for (let at = 0; at < size; at += CHUNK_BYTES) {
      await file.write(randomBytes(Math.min(CHUNK_BYTES, size - at)), 0, undefined, at);
    }
    await file.sync();
    await file.truncate(0);
    await file.sync();
  } finally {
    await file.close();
  }
  const nameless = join(dirname(path), `.${randomBytes(8).toString('hex')}`);
  await rename(path, nameless);
  await unlink(nameless);
  await syncFolder(dirname(path));
  return true;
}

/** Destroys every file below a folder, and the folder. @returns how many files */
export async function destroyFolder(path: string): Promise<number> {
  const entries = await readdir(path, { recursive: true, withFileTypes: true }).catch(absent);
  if (entries === null) return 0;
  const files = entries.filter((entry) => !entry.isDirectory());
  for (const { parentPath, name } of files) await destroyFile(join(parentPath, name));
  await rm(path, { recursive: true });
  await syncFolder(dirname(path));
  return files.length;
}

/** A name is gone for good only when its folder is on disk without it. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

function absent(error: NodeJS.ErrnoException): null {
  if (error.code === 'ENOENT') return null;
  throw error;
}
