import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { openNativePixels } from '../../../src/data/deidentify/native-pixels.ts';
import type { PixelImage } from '../../../src/data/deidentify/pixel-image.ts';
import { readDicom } from '../../../src/data/deidentify/read-dicom.ts';

/** Where the shared DICOM files lie; tests that need them are skipped where they are not. */
export const DICOM_FOLDER = fileURLToPath(new URL('../../../../shared/data/dicom', import.meta.url));

/** The first frame of a file with uncompressed pixels. */
export function nativeImage(file: string): PixelImage {
  const plane = openNativePixels(readDicom(readFileSync(`${DICOM_FOLDER}/${file}`)))?.planes[0];
  if (plane === undefined) throw new Error(`${file} has no uncompressed pixels`);
  return plane;
}
