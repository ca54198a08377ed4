import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { encode as encodePng } from 'fast-png';
import { encode as encodeJpeg } from 'jpeg-js';

/** A folder of files for one test. */
export interface ImageFolder {
  readonly path: string;
  /** Writes a file, and the folders that it lies in. */
  add(name: string, bytes: Uint8Array | string): Promise<string>;
  remove(): Promise<void>;
}

export async function createImageFolder(): Promise<ImageFolder> {
  const path = await mkdtemp(join(tmpdir(), 'consilium-images-'));
  return {
    path,
    add: async (name, bytes) => {
      const file = join(path, name);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, bytes);
      return file;
    },
    remove: () => rm(path, { recursive: true, force: true }),
  };
}

/** A grey PNG of 8 bits. */
export function greyPng(width: number, height: number, pixels: ArrayLike<number>): Uint8Array {
  return encodePng({ width, height, channels: 1, depth: 8, data: Uint8Array.from(pixels) });
}

/** A colour JPEG of one colour. */
export function plainJpeg(width: number, height: number, rgb: readonly [number, number, number]): Buffer {
  const pixels = Buffer.from(Array.from({ length: width * height }, () => [...rgb, 255]).flat());
  return encodeJpeg({ width, height, data: pixels }, 95).data;
}
