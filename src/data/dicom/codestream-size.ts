/** The size that a compressed frame states itself. */
export interface CodestreamSize {
  readonly width: number;
  readonly height: number;
  readonly components: number;
}

const JPEG_START = 0xffd8;
const JPEG_2000_START = Buffer.from('ff4fff51', 'hex');
/** A JP2 file around the codestream, which is not allowed but found, has a header of about this size. */
const MAX_WRAPPING_BYTES = 4_096;

/**
 * Reads the size out of a JPEG, JPEG-LS or JPEG 2000 codestream.
 *
 * Source: ITU-T T.81 annex B, T.87 annex C, T.800 annex A.5.1.
 * @returns null for what is damaged before its size
 */
export function codestreamSize(encoded: Buffer): CodestreamSize | null {
  if (encoded.length >= 2 && encoded.readUInt16BE(0) === JPEG_START) return jpegSize(encoded);
  const start = encoded.subarray(0, MAX_WRAPPING_BYTES).indexOf(JPEG_2000_START);
  return start < 0 ? null : jpeg2000Size(encoded.subarray(start));
}

function jpegSize(encoded: Buffer): CodestreamSize | null {
  for (let at = 2; at + 10 <= encoded.length; ) {
    const marker = encoded[at + 1] ?? 0;
    // Markers below have no length and no place before a frame.
    if (encoded[at] !== 0xff || marker < 0xc0) return null;
    if (marker === 0xff) {
      at++;
      continue;
    }
    if (isFrame(marker)) {
      const [height, width] = [encoded.readUInt16BE(at + 5), encoded.readUInt16BE(at + 7)];
      return { width, height, components: encoded[at + 9] ?? 0 };
    }
    at += 2 + encoded.readUInt16BE(at + 2);
  }
  return null;
}

/** JPEG's frame markers but for tables and conditioning (0xc4, 0xc8, 0xcc), and JPEG-LS's. */
function isFrame(marker: number): boolean {
  return marker === 0xc0 || (marker > 0xc0 && marker <= 0xcf && marker % 4 !== 0) || marker === 0xf7;
}

function jpeg2000Size(codestream: Buffer): CodestreamSize | null {
  if (codestream.length < 42) return null;
  const [right, bottom, left, top] = [8, 12, 16, 20].map((at) => codestream.readUInt32BE(at)) as [
    number,
    number,
    number,
    number,
  ];
  return { width: right - left, height: bottom - top, components: codestream.readUInt16BE(40) };
}
