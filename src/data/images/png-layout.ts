import { crc32 } from 'node:zlib';
import { checkFrameSize, imageError } from './image-error.ts';
import { MAX_FRAME_VALUES, MAX_SIDE_PIXELS } from './image-limits.ts';

const SIGNATURE = Buffer.from('89504e470d0a1a0a', 'hex');
/** Length, type, checksum. */
const CHUNK_BYTES = 12;
const MAX_CHUNKS = 65_536;
const CHANNELS: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };
/** First column and row, and steps, of the seven passes of an interlaced image. */
const ADAM7 = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const;

/** Where a PNG has what, checked as far as it can be without decompressing. */
export interface PngLayout {
  /** Start and end of the contents of each IDAT chunk. */
  readonly pixelData: readonly (readonly [number, number])[];
  readonly firstPixelData: number;
  /** What the pixel data must inflate to: rows with a filter byte each. */
  readonly rawBytes: number;
  /** A PNG of the chunks that make the picture, and nothing else. */
  readonly essential: Buffer;
}

interface Header {
  readonly width: number;
  readonly height: number;
  readonly bitsPerPixel: number;
  readonly interlaced: boolean;
  readonly isPalette: boolean;
}

/** True if the file starts as a PNG does. */
export function isPng(bytes: Buffer): boolean {
  return bytes.subarray(0, SIGNATURE.length).equals(SIGNATURE);
}

/**
 * Walks over the chunks, checking lengths, checksums, order and dimensions.
 * @throws DataError with the offset of the chunk that is wrong
 */
export function pngLayout(path: string, bytes: Buffer): PngLayout {
  const kept: Buffer[] = [SIGNATURE];
  const pixelData: [number, number][] = [];
  let header: Header | undefined;
  let hasPalette = false;
  for (const { type, start, end } of chunks(path, bytes)) {
    if (type === 'IHDR' && !header) header = readHeader(path, bytes.subarray(start, end), start - 8);
    else if (!header || type === 'IHDR') throw bad(path, 'does not start with one header', start - 8);
    if (type === 'IDAT') pixelData.push([start, end]);
    if (type === 'PLTE') hasPalette = true;
    if (isEssential(type, header)) kept.push(bytes.subarray(start - 8, end + 4));
  }
  const first = pixelData[0];
  if (!header || !first) throw bad(path, 'has no pixel data', bytes.length);
  if (header.isPalette && !hasPalette) throw bad(path, 'has no palette', first[0]);
  return { pixelData, firstPixelData: first[0] - 8, rawBytes: rawSize(header), essential: Buffer.concat(kept) };
}

/** Transparency counts only in palettes: elsewhere it names one colour, which stays what it is. */
function isEssential(type: string, { isPalette }: Header): boolean {
  if (type === 'PLTE' || type === 'tRNS') return isPalette;
  return type === 'IHDR' || type === 'IDAT' || type === 'IEND';
}

function* chunks(path: string, bytes: Buffer): Generator<{ type: string; start: number; end: number }> {
  let offset = SIGNATURE.length;
  for (let count = 0; count < MAX_CHUNKS; count++) {
    if (offset + CHUNK_BYTES > bytes.length) throw bad(path, 'ends before its last chunk', offset);
    const length = bytes.readUInt32BE(offset);
    const [start, end] = [offset + 8, offset + 8 + length];
    if (end + 4 > bytes.length) throw bad(path, `has a chunk of ${length} bytes that is cut off`, offset);
    if (crc32(bytes.subarray(offset + 4, end)) !== bytes.readUInt32BE(end)) {
      throw bad(path, 'has a chunk with a wrong checksum', offset);
    }
    const type = bytes.toString('latin1', offset + 4, start);
    yield { type, start, end };
    // What follows the end, often a second file, is nobody's business.
    if (type === 'IEND') return;
    offset = end + 4;
  }
  throw bad(path, `has more than ${MAX_CHUNKS} chunks`, offset);
}

function readHeader(path: string, data: Buffer, offset: number): Header {
  if (data.length !== 13) throw bad(path, `has a header of ${data.length} bytes, not 13`, offset);
  const [width, height] = [data.readUInt32BE(0), data.readUInt32BE(4)];
  const [depth = 0, colour = 0, , , interlace] = data.subarray(8);
  const channels = CHANNELS[colour] ?? 0;
  const isDepth = colour === 0 ? [1, 2, 4, 8, 16] : colour === 3 ? [1, 2, 4, 8] : [8, 16];
  if (channels === 0 || !isDepth.includes(depth)) {
    throw bad(path, `states colour type ${colour} with ${depth} bits`, offset);
  }
  if (interlace !== 0 && interlace !== 1) throw bad(path, `states interlacing ${interlace}`, offset);
  // The decoder behind takes such rows for longer than they are.
  if (interlace === 1 && depth < 8) {
    const reason = `is interlaced with ${depth} bits a sample`;
    throw imageError(path, { code: 'data/unsupported-image', reason, offset });
  }
  checkFrameSize(path, [height, width, channels], { side: MAX_SIDE_PIXELS, values: MAX_FRAME_VALUES, offset });
  return { width, height, bitsPerPixel: depth * channels, interlaced: interlace === 1, isPalette: colour === 3 };
}

function rawSize({ width, height, bitsPerPixel, interlaced }: Header): number {
  const passes = interlaced ? ADAM7 : ([[0, 0, 1, 1]] as const);
  return passes.reduce((total, [left, top, across, down]) => {
    const columns = Math.ceil((width - left) / across);
    const rows = Math.ceil((height - top) / down);
    return columns < 1 || rows < 1 ? total : total + rows * (1 + Math.ceil((columns * bitsPerPixel) / 8));
  }, 0);
}

function bad(path: string, reason: string, offset: number) {
  return imageError(path, { code: 'data/bad-image', reason, offset });
}
