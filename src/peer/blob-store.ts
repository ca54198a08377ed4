import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Hex, sha256, toHex } from '../base/bytes.ts';
import type { BlobSource } from '../gossip/blob-source.ts';

/** Blobs in files named by the SHA-256 of their bytes. */
export interface BlobStore extends BlobSource {
  /** Writes the bytes, on disk when it resolves. @returns their digest */
  put(bytes: Uint8Array): Promise<Hex>;
  /** The same for bytes whose digest was checked already. */
  putChecked(digest: Hex, bytes: Uint8Array): Promise<void>;
  has(digest: Hex): Promise<boolean>;
  /** Deletes the file; one that is not there is no error. */
  remove(digest: Hex): Promise<void>;
}

/**
 * Blobs that were written or read last are kept in memory: those of a round are asked for by every other member within seconds. They
 * were checked when they came in, so that they are served without reading and hashing them again.
 */
const CACHE_BYTES = 64 * 1024 * 1024;
/** A blob that would push out too many others is not kept. */
const LARGEST_CACHED_BYTES = CACHE_BYTES / 4;

/** @param directory made when the first blob is written */
export function createBlobStore(directory: string): BlobStore {
  const pathOf = (digest: Hex): string => join(directory, digest.slice(2, 4), digest.slice(2));
  const recent = createRecentBlobs();
  let temporary = 0;

  const read = async (digest: Hex): Promise<Uint8Array | null> => {
    try {
      const bytes = await readFile(pathOf(digest));
      // A bit that rotted on disk must not reach anybody: a damaged blob counts as lost, and can be fetched again.
      return toHex(sha256(bytes)) === digest ? bytes : null;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw error;
    }
  };

  const get = async (digest: Hex): Promise<Uint8Array | null> => {
    const cached = recent.get(digest);
    if (cached !== undefined) return cached;
    const bytes = await read(digest);
    if (bytes !== null) recent.add(digest, bytes);
    return bytes;
  };

  const put = async (bytes: Uint8Array, digest: Hex): Promise<Hex> => {
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
    recent.add(digest, bytes);
    return digest;
  };

  return {
    get,
    has: async (digest) => (await get(digest)) !== null,
    put: (bytes) => put(bytes, toHex(sha256(bytes))),
    putChecked: async (digest, bytes) => void (await put(bytes, digest)),
    remove: async (digest) => {
      recent.remove(digest);
      await rm(pathOf(digest), { force: true });
    },
  };
}

/** The blobs used last, up to a number of bytes. */
function createRecentBlobs() {
  const blobs = new Map<Hex, Uint8Array>();
  let bytesHeld = 0;
  const remove = (digest: Hex): Uint8Array | undefined => {
    const bytes = blobs.get(digest);
    if (bytes === undefined) return undefined;
    blobs.delete(digest);
    bytesHeld -= bytes.length;
    return bytes;
  };
  const insert = (digest: Hex, bytes: Uint8Array): void => {
    blobs.set(digest, bytes);
    bytesHeld += bytes.length;
    for (const oldest of blobs.keys()) {
      if (bytesHeld <= CACHE_BYTES) return;
      remove(oldest);
    }
  };
  return {
    remove,
    get(digest: Hex): Uint8Array | undefined {
      const bytes = remove(digest);
      if (bytes !== undefined) insert(digest, bytes);
      return bytes;
    },
    add(digest: Hex, bytes: Uint8Array): void {
      if (bytes.length > LARGEST_CACHED_BYTES) return;
      remove(digest);
      // A copy where the bytes are a window on something larger: a model must not stay in memory because of one of its segments.
      insert(digest, bytes.byteLength === bytes.buffer.byteLength ? bytes : bytes.slice());
    },
  };
}
