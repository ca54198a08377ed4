import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { readDicom } from '../../../src/data/dicom/read-dicom.ts';
import type { ImagePart } from '../../../src/data/images/image-file.ts';
import type { ReadingOptions } from '../../../src/data/images/reading-options.ts';

/** Where the shared DICOM files lie; tests that need them are skipped where they are not. */
export const DICOM_FOLDER = fileURLToPath(new URL('../../../../shared/data/dicom', import.meta.url));
export const hasShared = existsSync(DICOM_FOLDER);

/** Everything is let through, so that a test sees what was decoded. */
export const PLAIN: ReadingOptions = { labelTag: null, window: 'file', frames: 'all', burnedIn: 'ignore', size: null };

/** All frames of one of the shared files. */
export async function readShared(file: string, options: Partial<ReadingOptions> = {}): Promise<ImagePart[]> {
  const { parts } = await readDicom(file, readFileSync(`${DICOM_FOLDER}/${file}`), { ...PLAIN, ...options });
  return [...parts];
}

/** The pixels of one frame of one of the shared files. */
export async function pixelsOf(file: string, options: Partial<ReadingOptions> = {}, frame = 0): Promise<Float32Array> {
  return (await readShared(file, options))[frame]?.image.values ?? new Float32Array(0);
}

/** Largest and mean difference between two images. */
export function difference(a: Float32Array, b: Float32Array): { largest: number; mean: number } {
  let [largest, total] = [a.length === b.length ? 0 : Number.POSITIVE_INFINITY, 0];
  a.forEach((value, index) => {
    const apart = Math.abs(value - (b[index] as number));
    largest = Math.max(largest, apart);
    total += apart;
  });
  return { largest, mean: total / a.length };
}
