import { type FileHandle, open } from 'node:fs/promises';
import { messageOf } from '../base/errors.ts';
import { AuditError } from './audit-error.ts';
import { type BundleFile, bundleUnreadable, readBundleFile } from './bundle-file.ts';
import type { ByteSource } from './byte-source.ts';

/** A bundle's file that is to be closed. */
export interface OpenBundleFile extends BundleFile {
  close(): Promise<void>;
}

/**
 * Opens a bundle and hashes every block of it once.
 * @throws AuditError `audit/bundle-unreadable`, with the offset in the file, if it is no CAR file, or its root is missing or damaged
 */
export async function openBundleFile(path: string): Promise<OpenBundleFile> {
  let file: FileHandle | undefined;
  try {
    const opened = await open(path);
    file = opened;
    return { ...(await readBundleFile(await fileSource(opened))), close: () => opened.close() };
  } catch (cause) {
    await file?.close();
    if (cause instanceof AuditError) throw cause;
    throw bundleUnreadable(messageOf(cause).split('\n')[0] ?? '', null, cause);
  }
}

/** @throws Error for a folder or a device */
async function fileSource(file: FileHandle): Promise<ByteSource> {
  const stat = await file.stat();
  if (!stat.isFile()) throw new Error('not a file');
  return {
    size: stat.size,
    read: async (offset, length) => {
      const bytes = new Uint8Array(Math.min(length, Math.max(0, stat.size - offset)));
      let filled = 0;
      while (filled < bytes.length) {
        const { bytesRead } = await file.read(bytes, filled, bytes.length - filled, offset + filled);
        if (bytesRead === 0) break; // it became shorter meanwhile
        filled += bytesRead;
      }
      return bytes.subarray(0, filled);
    },
  };
}
