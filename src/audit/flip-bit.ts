import { createReadStream } from 'node:fs';
import { copyFile, open } from 'node:fs/promises';
import { CarIndexer } from '@ipld/car';
import type { Hex } from '../base/bytes.ts';
import { segmentCid } from '../protocol/content-id.ts';

/**
 * Copies a bundle and flips the lowest bit in the middle of one segment: what an audit must notice.
 * @returns false if the bundle does not hold the segment; then nothing is written
 */
export async function flipBitOfSegment(bundle: string, copy: string, digest: Hex): Promise<boolean> {
  const wanted = segmentCid(digest).toString();
  for await (const { cid, blockOffset, blockLength } of await CarIndexer.fromIterable(createReadStream(bundle))) {
    if (cid.toString() !== wanted) continue;
    await copyFile(bundle, copy);
    await flipAt(copy, blockOffset + Math.floor(blockLength / 2));
    return true;
  }
  return false;
}

async function flipAt(path: string, position: number): Promise<void> {
  const file = await open(path, 'r+');
  try {
    const byte = Buffer.alloc(1);
    await file.read(byte, 0, 1, position);
    byte[0] = (byte[0] ?? 0) ^ 1;
    await file.write(byte, 0, 1, position);
  } finally {
    await file.close();
  }
}
