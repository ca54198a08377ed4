import { decode } from 'jpeg-js';
import { imageError } from './image-error.ts';
import type { ImageFile, UnitImage } from './image-file.ts';
import { isOutOfMemory } from './is-out-of-memory.ts';
import { type JpegLayout, jpegLayout } from './jpeg-layout.ts';
import { turnUpright } from './turn-upright.ts';

/** What the decoder may hold: coefficients, planes and the picture, of the largest image that is read. */
const MAX_DECODER_MEBIBYTES = 200;

/**
 * A baseline or progressive JPEG of 8 bits, grey or colour, turned upright as its EXIF orientation says.
 * All other EXIF fields, comments, profiles and thumbnails stay unread.
 * @throws DataError `data/bad-image`, `data/unsupported-image` or `data/too-large`, with the offset where there is one
 */
export function readJpeg(path: string, bytes: Buffer): ImageFile {
  const layout = jpegLayout(path, bytes);
  const image = turnUpright(decodePixels(path, bytes, layout), layout.orientation);
  return { patient: null, parts: [{ part: null, label: null, image }] };
}

function decodePixels(path: string, bytes: Buffer, { width, height, channels, scanOffset }: JpegLayout): UnitImage {
  let rgb: Uint8Array;
  try {
    const options = { useTArray: true, formatAsRGBA: false, tolerantDecoding: false } as const;
    const decoded = decode(bytes, { ...options, maxMemoryUsageInMB: MAX_DECODER_MEBIBYTES });
    if (decoded.width !== width || decoded.height !== height) throw new Error('two frames');
    rgb = decoded.data;
  } catch (cause) {
    if (isOutOfMemory(cause)) throw cause;
    throw imageError(path, { code: 'data/bad-image', reason: 'has damaged pixel data', offset: scanOffset });
  }
  const values = new Float32Array(width * height * channels);
  const step = channels === 1 ? 3 : 1;
  for (let index = 0; index < values.length; index++) values[index] = (rgb[index * step] as number) / 255;
  return { width, height, channels, values };
}
