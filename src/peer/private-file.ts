import { constants } from 'node:fs';
import { open, rename, rm, writeFile } from 'node:fs/promises';

/** What is kept in such files is a line of JSON. */
const MAXIMUM_BYTES = 4096;

/**
 * The text of a file that holds a token. Null for what others could have read or put there, and so for a link, for what is no regular file, for
 * one that others can read, is another user's or is too large, and if there is none.
 */
export async function readPrivateFile(path: string): Promise<string | null> {
  try {
    const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      const found = await file.stat();
      const isOwn = process.getuid === undefined || found.uid === process.getuid();
      const isSound = found.isFile() && isOwn && (found.mode & 0o077) === 0 && found.size <= MAXIMUM_BYTES;
      return isSound ? await file.readFile('utf8') : null;
    } finally {
      await file.close();
    }
  } catch {
    return null;
  }
}

/** Puts a file with mode 0600 in the place of whatever is there, in one step. */
export async function writePrivateFile(path: string, text: string): Promise<void> {
  const scratch = `${path}.${process.pid}`;
  await rm(scratch, { force: true });
  await writeFile(scratch, text, { mode: 0o600, flag: 'wx' });
  await rename(scratch, path);
}
