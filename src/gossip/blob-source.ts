import type { Hex } from '../base/bytes.ts';

/** Blobs by the SHA-256 of their bytes: what this peer can serve. */
export interface BlobSource {
  /** The bytes, or null if they are not held here. They may be shared; nobody writes to them. */
  get(digest: Hex): Promise<Uint8Array | null>;
}
