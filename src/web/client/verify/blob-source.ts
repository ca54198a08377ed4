import type { ByteSource } from '../../../audit/byte-source.ts';

/** A dropped file, of which only what is asked for comes into memory. */
export const blobSource = (blob: Blob): ByteSource => ({
  size: blob.size,
  read: async (offset, length) => new Uint8Array(await blob.slice(offset, offset + length).arrayBuffer()),
});
