import { open, readdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import type { TraceFinder } from '../base/find-traces.ts';

/** What a search through a folder found. */
export interface FolderScan {
  readonly files: number;
  readonly bytes: number;
  /** Files that hold a trace, by their path in the folder. */
  readonly found: readonly string[];
}

const CHUNK_BYTES = 4 * 1024 * 1024;

/** Looks through all bytes of all files below a folder for traces. @param finder null where there is nothing to look for */
export async function scanFolder(path: string, finder: TraceFinder | null): Promise<FolderScan> {
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
  let bytes = 0;
  const found: string[] = [];
  for (const file of files) {
    const scan = await scanFile(file, finder);
    bytes += scan.bytes;
    if (scan.isFound) found.push(relative(path, file));
  }
  return { files: files.length, bytes, found };
}

/** Chunk by chunk; each begins with the end of the one before, so that nothing is missed between them. */
async function scanFile(path: string, finder: TraceFinder | null): Promise<{ bytes: number; isFound: boolean }> {
  const overlap = finder === null ? 0 : finder.length - 1;
  const file = await open(path, 'r');
  const buffer = Buffer.alloc(CHUNK_BYTES + overlap);
  try {
    let kept = 0;
    let bytes = 0;
    let isFound = false;
    for (;;) {
      const { bytesRead } = await file.read(buffer, kept, CHUNK_BYTES, null);
      if (bytesRead === 0) return { bytes, isFound };
      bytes += bytesRead;
      const filled = buffer.subarray(0, kept + bytesRead);
      isFound ||= finder !== null && finder.find(filled) >= 0;
      kept = Math.min(overlap, filled.length);
      buffer.copyWithin(0, filled.length - kept, filled.length);
    }
  } finally {
    await file.close();
  }
}
