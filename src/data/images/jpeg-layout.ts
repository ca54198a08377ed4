import { exifOrientation } from './exif-orientation.ts';
import { checkFrameSize, imageError } from './image-error.ts';
import { MAX_FRAME_VALUES, MAX_SIDE_PIXELS } from './image-limits.ts';

const START = 0xd8;
const START_OF_SCAN = 0xda;
const APPLICATION_1 = 0xe1;
/** Baseline, extended sequential and progressive, all with Huffman coding; others are not decoded. */
const FRAMES = [0xc0, 0xc1, 0xc2];
const MAX_SEGMENTS = 4_096;
/** The decoder keeps 32 bits a coefficient beside its planes, so it gets less than other formats. */
const MAX_JPEG_VALUES = MAX_FRAME_VALUES / 2;

/** What the segments before the pixels of a JPEG say. */
export interface JpegLayout {
  readonly width: number;
  readonly height: number;
  /** 1 for grey, 3 for colour. */
  readonly channels: number;
  /** How to turn it, 1 … 8 as in EXIF; 1 is upright. */
  readonly orientation: number;
  readonly scanOffset: number;
}

type Frame = Pick<JpegLayout, 'width' | 'height' | 'channels'>;

/** True if the file starts as a JPEG does. */
export function isJpeg(bytes: Buffer): boolean {
  return bytes.length > 4 && bytes[0] === 0xff && bytes[1] === START && bytes[2] === 0xff;
}

/**
 * Walks over the segments up to the first scan, checking lengths and dimensions.
 *
 * Source: ITU-T T.81, annex B.
 * @throws DataError with the offset of the segment that is wrong
 */
export function jpegLayout(path: string, bytes: Buffer): JpegLayout {
  let frame: Frame | undefined;
  let orientation = 1;
  for (const { marker, start, end } of segments(path, bytes)) {
    const data = bytes.subarray(start, end);
    if (marker === APPLICATION_1) orientation = exifOrientation(data) ?? orientation;
    if (isFrame(marker)) {
      if (frame) throw bad(path, 'has two frames', start - 4);
      frame = readFrame(path, { marker, data, offset: start - 4 });
    }
    if (marker !== START_OF_SCAN) continue;
    if (!frame) throw bad(path, 'has pixels before their size', start - 4);
    return { ...frame, orientation, scanOffset: start - 4 };
  }
  throw bad(path, 'has no pixels', bytes.length);
}

/** Markers 0xc0 … 0xcf but for Huffman tables (0xc4), a reserved one (0xc8) and arithmetic conditioning (0xcc). */
function isFrame(marker: number): boolean {
  return marker === 0xc0 || (marker > 0xc0 && marker <= 0xcf && marker % 4 !== 0);
}

function* segments(path: string, bytes: Buffer): Generator<{ marker: number; start: number; end: number }> {
  let offset = 2;
  for (let count = 0; count < MAX_SEGMENTS; count++) {
    while (bytes[offset] === 0xff && bytes[offset + 1] === 0xff) offset++;
    if (offset + 4 > bytes.length) throw bad(path, 'ends before its pixels', offset);
    const marker = bytes[offset + 1] ?? 0;
    const length = bytes.readUInt16BE(offset + 2);
    const [start, end] = [offset + 4, offset + 2 + length];
    if (bytes[offset] !== 0xff || marker < 0xc0 || length < 2 || end > bytes.length) {
      throw bad(path, 'has a damaged segment', offset);
    }
    yield { marker, start, end };
    offset = end;
  }
  throw bad(path, `has more than ${MAX_SEGMENTS} segments`, offset);
}

function readFrame(path: string, { marker, data, offset }: { marker: number; data: Buffer; offset: number }): Frame {
  if (data.length < 6) throw bad(path, 'has a cut off frame header', offset);
  const [precision, height, width, channels] = [data[0], data.readUInt16BE(1), data.readUInt16BE(3), data[5] ?? 0];
  if (!FRAMES.includes(marker) || precision !== 8 || (channels !== 1 && channels !== 3)) {
    const reason = `is a JPEG of process ${marker - 0xc0}, ${precision} bits and ${channels} components`;
    throw imageError(path, { code: 'data/unsupported-image', reason, offset });
  }
  checkFrameSize(path, [height, width, channels], { side: MAX_SIDE_PIXELS, values: MAX_JPEG_VALUES, offset });
  checkSampling(path, { data, channels, offset });
  return { width, height, channels };
}

/** Sampling factors multiply what the decoder allocates; T.81 allows 1 to 4. */
function checkSampling(path: string, { data, channels, offset }: { data: Buffer; channels: number; offset: number }) {
  const factors = Array.from({ length: channels }, (_, index) => data[7 + 3 * index] ?? 0);
  const isAllowed = (factor: number): boolean => [factor >> 4, factor & 15].every((part) => part >= 1 && part <= 4);
  if (!factors.every(isAllowed)) throw bad(path, 'has impossible sampling factors', offset);
}

function bad(path: string, reason: string, offset: number) {
  return imageError(path, { code: 'data/bad-image', reason, offset });
}
