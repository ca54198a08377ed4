import { inflateSync } from 'node:zlib';
import { convertIndexedToRgb, type DecodedPng, decode } from 'fast-png';
import { imageError } from './image-error.ts';
import type { ImageFile, UnitImage } from './image-file.ts';
import { isOutOfMemory } from './is-out-of-memory.ts';
import { type PngLayout, pngLayout } from './png-layout.ts';

/**
 * A PNG of 1 to 16 bits, grey, colour or palette, interlaced if it has 8 bits or more. What is transparent becomes black; of an
 * animation only the still image is read. Text, profiles and all other side information never reach the decoder.
 *
 * Source: W3C Portable Network Graphics (Third Edition).
 * @throws DataError `data/bad-image`, `data/unsupported-image` or `data/too-large`, with the offset of the bad chunk
 */
export function readPng(path: string, bytes: Buffer): ImageFile {
  const layout = pngLayout(path, bytes);
  checkPixelData(path, bytes, layout);
  return { patient: null, parts: [{ part: null, label: null, image: decodePixels(path, layout) }] };
}

/** Inflates once, up to the size that the header asks for, so that the decoder below cannot be made to inflate more. */
function checkPixelData(path: string, bytes: Buffer, { pixelData, rawBytes, firstPixelData }: PngLayout): void {
  let inflated: Buffer;
  try {
    inflated = inflateSync(Buffer.concat(pixelData.map(([start, end]) => bytes.subarray(start, end))), {
      maxOutputLength: rawBytes + 1,
    });
  } catch (cause) {
    if (isOutOfMemory(cause)) throw cause;
    throw bad(path, 'has pixel data that does not decompress to its stated size', firstPixelData);
  }
  if (inflated.length === rawBytes) return;
  throw bad(path, `has ${inflated.length} bytes of pixel data, not ${rawBytes}`, firstPixelData);
}

function decodePixels(path: string, layout: PngLayout): UnitImage {
  let png: DecodedPng;
  try {
    png = decode(layout.essential);
    if (png.palette) return fromPalette(png);
  } catch (cause) {
    if (isOutOfMemory(cause)) throw cause;
    throw bad(path, 'has pixels that cannot be decoded, or a colour outside of its palette', layout.firstPixelData);
  }
  return fromSamples(png);
}

function fromPalette(png: DecodedPng): UnitImage {
  const colours = convertIndexedToRgb(png);
  return composed(png, colours, { channels: colours.length / (png.width * png.height), white: 255 });
}

function fromSamples(png: DecodedPng): UnitImage {
  const samples = png.depth < 8 ? unpacked(png) : png.data;
  return composed(png, samples, { channels: png.channels, white: 2 ** png.depth - 1 });
}

/** Grey of fewer than 8 bits lies several pixels to a byte, each row starting a new one. */
function unpacked({ data, width, height, depth }: DecodedPng): Uint8Array {
  const samples = new Uint8Array(width * height);
  const perByte = 8 / depth;
  const rowBytes = Math.ceil(width / perByte);
  for (let pixel = 0; pixel < samples.length; pixel++) {
    const x = pixel % width;
    const byte = data[Math.floor(pixel / width) * rowBytes + Math.floor(x / perByte)] as number;
    samples[pixel] = (byte >> (8 - depth * ((x % perByte) + 1))) & (2 ** depth - 1);
  }
  return samples;
}

/** Drops the alpha channel, if there is one, by laying the image over black. */
function composed(
  { width, height }: DecodedPng,
  samples: ArrayLike<number>,
  { channels, white }: { channels: number; white: number },
): UnitImage {
  const colours = channels > 2 ? 3 : 1;
  const hasAlpha = channels > colours;
  const values = new Float32Array(width * height * colours);
  for (let pixel = 0; pixel < width * height; pixel++) {
    const opacity = hasAlpha ? (samples[pixel * channels + colours] as number) / white : 1;
    for (let channel = 0; channel < colours; channel++) {
      values[pixel * colours + channel] = ((samples[pixel * channels + channel] as number) / white) * opacity;
    }
  }
  return { width, height, channels: colours, values };
}

function bad(path: string, reason: string, offset: number) {
  return imageError(path, { code: 'data/bad-image', reason, offset });
}
