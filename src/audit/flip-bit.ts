import { copyFile, open } from 'node:fs/promises';
import type { Hex } from '../base/bytes.ts';
import { segmentName } from '../protocol/content-id.ts';
import { openBundleFile } from './open-bundle-file.ts';

/**
 * Copies a bundle and flips the lowest bit in the middle of one segment: what an audit must notice.
 * @returns false if the bundle does not hold the segment; then nothing is written
 * @throws AuditError `audit/bundle-unreadable`
 */
export async function flipBitOfSegment(bundle: string, copy: string, digest: Hex): Promise<boolean> {
  const wanted = segmentName(digest);
  const { scan, close } = await openBundleFile(bundle);
  await close();
  const section = scan.sections.find(({ name }) => name === wanted);
  if (section === undefined) return false;
  await copyFile(bundle, copy);
  await flipAt(copy, section.start + Math.floor(section.length / 2));
  return true;
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
