import type { FileHandle } from 'node:fs/promises';

const WINDOW_BYTES = 1024 * 1024;

/** Reads a file from front to back in large steps, and hands out small pieces; memory holds one window. */
export interface FileWindow {
  readonly size: number;
  /** The bytes from `offset` on, at most `length` and fewer at the end of the file; valid until the next call. */
  at(offset: number, length: number): Promise<Uint8Array>;
}

export async function openWindow(file: FileHandle): Promise<FileWindow> {
  const { size } = await file.stat();
  const buffer = Buffer.alloc(WINDOW_BYTES);
  let [start, end] = [0, 0];
  return {
    size,
    at: async (offset, length) => {
      const wanted = Math.min(length, WINDOW_BYTES, Math.max(0, size - offset));
      if (offset < start || offset + wanted > end) {
        const { bytesRead } = await file.read(buffer, 0, WINDOW_BYTES, offset);
        [start, end] = [offset, offset + bytesRead];
      }
      return buffer.subarray(offset - start, Math.min(offset + wanted, end) - start);
    },
  };
}
