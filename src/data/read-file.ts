import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { fileError } from './data-error.ts';

/** Above this a file is refused before it is read. */
const MAX_FILE_BYTES = 256 * 2 ** 20;

/**
 * The bytes of a regular file, if it is not too large. Pipes and devices are refused, since they may never end.
 * @throws DataError `data/missing-file`, `data/not-a-file`, `data/unreadable` or `data/too-large`
 */
export async function readRegularFile(path: string): Promise<Buffer> {
  const file = await openFile(path);
  try {
    const stat = await file.stat();
    if (!stat.isFile())
      throw fileError('data/not-a-file', path, { reason: 'is not a regular file', remedy: 'give the path of a file' });
    if (stat.size > MAX_FILE_BYTES) {
      const reason = `has ${stat.size} bytes, more than the ${MAX_FILE_BYTES} that are read`;
      throw fileError('data/too-large', path, { reason, remedy: 'use a smaller resolution or fewer samples' });
    }
    const bytes = Buffer.alloc(stat.size);
    const { bytesRead } = await file.read(bytes, 0, stat.size, 0);
    return bytes.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

async function openFile(path: string): Promise<FileHandle> {
  try {
    // Non-blocking, since opening a pipe that nobody writes to would wait for ever.
    return await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'bad path';
    if (code === 'ENOENT' || code === 'ENOTDIR') {
      throw fileError('data/missing-file', path, { reason: 'does not exist', remedy: 'check the path', cause });
    }
    throw fileError('data/unreadable', path, {
      reason: `cannot be opened (${code})`,
      remedy: 'check the path and its permissions',
      cause,
    });
  }
}
