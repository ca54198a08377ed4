import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { open, writeFile } from 'node:fs/promises';
import { type DataError, fileError } from '../data-error.ts';

/** A look-up table of a hundred thousand files has about 30 MiB. */
const MAX_FILE_BYTES = 2 ** 30;
const PASSWORD_BYTES = 24;

/**
 * The bytes of a file that only its owner may read.
 * @returns undefined if there is no such file
 * @throws DataError `data/lookup-unreadable` if others can read it, or it cannot be read
 */
export async function readPrivateFile(path: string): Promise<Buffer | undefined> {
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  const file = await open(path, flags).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw unreadable(path, `cannot be opened (${error.code})`, 'check the path and its permissions');
  });
  try {
    if (file === undefined) return undefined;
    const stat = await file.stat();
    if (!stat.isFile() || stat.size > MAX_FILE_BYTES)
      throw unreadable(path, 'is no file of that kind', 'check the path');
    if ((stat.mode & 0o077) !== 0) throw unreadable(path, 'can be read by others', 'run chmod 600 on it');
    return await file.readFile();
  } finally {
    await file?.close();
  }
}

/**
 * The password that a file holds, without its line break.
 * @param isNew whether a random one is made and kept there if there is no such file
 * @throws DataError `data/lookup-unreadable`
 */
export async function readPassword(path: string, isNew: boolean): Promise<string> {
  const bytes = await readPrivateFile(path);
  if (bytes !== undefined) {
    const password = bytes.toString('utf8').replace(/\r?\n$/, '');
    if (password === '') throw unreadable(path, 'is empty', 'write the password into it');
    return password;
  }
  if (!isNew) throw unreadable(path, 'does not exist', 'give the file with the password of the look-up table');
  const password = randomBytes(PASSWORD_BYTES).toString('base64url');
  await writeFile(path, `${password}\n`, { mode: 0o600, flag: 'wx' });
  return password;
}

/** An error about a look-up table or its password; nothing that was read is in it. */
export function unreadable(path: string, reason: string, remedy: string): DataError {
  return fileError('data/lookup-unreadable', path, { reason, remedy });
}
