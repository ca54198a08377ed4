import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import dicomParser from 'dicom-parser';
import type { PixelImage } from '../../../src/data/deidentify/pixel-image.ts';

/** Where the shared DICOM files lie; tests that need them are skipped where they are not. */
export const DICOM_FOLDER = fileURLToPath(new URL('../../../../shared/data/dicom', import.meta.url));

/** The first frame of a file with uncompressed little-endian pixels of 8 or 16 bits. */
export function nativeImage(file: string): PixelImage {
  const bytes = readFileSync(`${DICOM_FOLDER}/${file}`);
  const dataset = dicomParser.parseDicom(bytes);
  const number = (tag: string): number => dataset.uint16(tag) ?? 0;
  const [width, height, channels] = [number('x00280011'), number('x00280010'), number('x00280002')];
  const start = dataset.elements.x7fe00010?.dataOffset ?? 0;
  const count = width * height * channels;
  const wide = number('x00280100') === 16;
  const pixels = Uint8Array.from(bytes.subarray(start, start + count * (wide ? 2 : 1)));
  return { width, height, channels, values: wide ? new Int16Array(pixels.buffer) : pixels };
}
