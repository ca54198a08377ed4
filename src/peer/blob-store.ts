import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { type Hex, sha256, toHex } from '../base/bytes.ts';
import type { BlobSource } from '../gossip/blob-source.ts';

/** Blobs in files named by the SHA-256 of their bytes. */
export interface BlobStore extends BlobSource {
  /** Writes the bytes, on disk when it resolves. @returns their digest */
  put(bytes: Uint8Array): Promise<Hex>;
  has(digest: Hex): Promise<boolean>;
}

/** @param directory made when the first blob is written */
export function createBlobStore(directory: string): BlobStore {
  const pathOf = (digest: Hex): string => join(directory, digest.slice(2, 4), digest.slice(2));
  let temporary = 0;

  const get = async (digest: Hex): Promise<Uint8Array | null> => {
    try {
      const bytes = await readFile(pathOf(digest));
      // A bit that rotted on disk must not reach anybody: a damaged blob counts as lost, and can be fetched again.
      return toHex(sha256(bytes)) === digest ? bytes : null;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw error;
    }
  };

  return {
    get,
    has: async (digest) => (await get(digest)) !== null,
    async put(bytes) {
      const digest = toHex(sha256(bytes));
      const path = pathOf(digest);
      await mkdir(join(path, '..'), { recursive: true });
      const scratch = `${path}.${process.pid}.${temporary++}`;
      const file = await open(scratch, 'w');
      try {
        await file.writeFile(bytes);
        await file.datasync();
      } finally {
        await file.close();
      }
      await rename(scratch, path);
      return digest;
    },
  };
}
