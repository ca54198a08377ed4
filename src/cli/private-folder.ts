import { existsSync } from 'node:fs';
import { mkdir, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { messageOf } from '../base/errors.ts';
import { type DataError, fileError } from '../data/data-error.ts';
import { dataFolder } from '../peer/data-folder.ts';

/**
 * Makes a folder that only its owner can enter, or accepts one that is there. What a peer serves, the blob store of any member, is
 * refused, through links too; and so is a folder that others can enter, since it may be served by anything.
 * @returns its path without links
 * @throws DataError `data/output-refused`
 */
export async function makePrivateFolder(path: string): Promise<string> {
  const real = await realTarget(path);
  for (let folder = real; dirname(folder) !== folder; folder = dirname(folder)) {
    const member = dataFolder(dirname(folder));
    if (basename(folder) !== basename(member.blobs) || !existsSync(member.config)) continue;
    throw refused(
      path,
      "lies in a member's blob store, which its peer serves to the others",
      'name a folder elsewhere',
    );
  }
  const found = await stat(real).catch(() => null);
  if (found === null) await make(path, real);
  else if (!found.isDirectory()) throw refused(path, 'is no folder', 'name a folder');
  else if ((found.mode & 0o077) !== 0) {
    throw refused(path, 'can be entered by others, and may be served', 'run chmod 700 on it, or name a new folder');
  }
  return real;
}

/** The path with links followed as far as it exists. */
async function realTarget(path: string): Promise<string> {
  const absolute = resolve(path);
  const real = await realpath(absolute).catch(() => null);
  if (real !== null) return real;
  const parent = dirname(absolute);
  return parent === absolute ? absolute : join(await realTarget(parent), basename(absolute));
}

async function make(path: string, real: string): Promise<void> {
  try {
    await mkdir(real, { recursive: true, mode: 0o700 });
  } catch (cause) {
    throw refused(path, `cannot be made (${messageOf(cause).split(':')[0]})`, 'name another folder');
  }
}

function refused(path: string, reason: string, remedy: string): DataError {
  return fileError('data/output-refused', path, { reason, remedy });
}
