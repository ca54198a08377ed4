import { deflateSync } from 'node:zlib';
import { encode } from 'fast-png';
import { headerChunk, pngBytes } from '../../data/images/png-bytes.ts';

/** PNG files of many kinds, small. */
export function pngSeeds(): Buffer[] {
  const data = Uint8Array.from({ length: 16 * 12 * 4 }, (_, index) => (index * 37) % 256);
  const wide = Uint16Array.from(data.subarray(0, 16 * 12), (value) => value * 257);
  const text = { Title: 'text that nobody reads' };
  return [
    encode({ width: 16, height: 12, channels: 1, depth: 8, data: data.subarray(0, 16 * 12), text }),
    encode(
      { width: 16, height: 12, channels: 3, depth: 8, data: data.subarray(0, 16 * 12 * 3) },
      { interlace: 'Adam7' },
    ),
    encode({ width: 16, height: 12, channels: 4, depth: 8, data }),
    encode({ width: 16, height: 12, channels: 1, depth: 16, data: wide }),
    palettePng(),
  ].map((bytes) => Buffer.from(bytes));
}

/** Four colours, two bits a pixel. */
function palettePng(): Buffer {
  const rows = Buffer.from(Array.from({ length: 8 }, () => [0, 0b00011011, 0b11100100]).flat());
  return pngBytes([
    headerChunk(8, 8, { depth: 2, colour: 3 }),
    ['PLTE', Buffer.from([0, 0, 0, 255, 0, 0, 0, 255, 0, 0, 0, 255])],
    ['tRNS', Buffer.from([255, 255, 128])],
    ['IDAT', deflateSync(rows)],
    ['IEND', Buffer.alloc(0)],
  ]);
}
