import type { ByteSource } from './byte-source.ts';

const WINDOW_BYTES = 1024 * 1024;

/** Reads a file from front to back in large steps, and hands out small pieces; memory holds one window. */
export interface FileWindow {
  readonly size: number;
  /** The bytes from `offset` on, at most `length` and fewer at the end of the file. */
  at(offset: number, length: number): Promise<Uint8Array>;
}

export function openWindow({ size, read }: ByteSource): FileWindow {
  let [start, bytes]: [number, Uint8Array] = [0, new Uint8Array()];
  return {
    size,
    at: async (offset, length) => {
      const wanted = Math.min(length, WINDOW_BYTES, Math.max(0, size - offset));
      if (offset < start || offset + wanted > start + bytes.length) {
        [start, bytes] = [offset, await read(offset, WINDOW_BYTES)];
      }
      return bytes.subarray(offset - start, offset - start + wanted);
    },
  };
}
