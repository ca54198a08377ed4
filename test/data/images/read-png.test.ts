import { deflateSync } from 'node:zlib';
import { encode } from 'fast-png';
import { describe, expect, test } from 'vitest';
import type { UnitImage } from '../../../src/data/images/image-file.ts';
import { readPng } from '../../../src/data/images/read-png.ts';
import { type Chunk, chunksOf, headerChunk, pngBytes } from './png-bytes.ts';

const END: Chunk = ['IEND', Buffer.alloc(0)];
const GREY = Buffer.from(encode({ width: 2, height: 2, channels: 1, depth: 8, data: Uint8Array.of(0, 51, 102, 255) }));

function read(bytes: Buffer): UnitImage {
  const [part] = [...readPng('image.png', bytes).parts];
  return (part as { image: UnitImage }).image;
}

/** Rows with filter 0 before each. */
function rows(...lines: readonly (readonly number[])[]): Chunk {
  return ['IDAT', deflateSync(Buffer.from(lines.flatMap((line) => [0, ...line])))];
}

describe('a PNG', () => {
  test('of 8 bits is read', () => {
    expect(read(GREY)).toEqual({ width: 2, height: 2, channels: 1, values: Float32Array.of(0, 0.2, 0.4, 1) });
  });

  test.each([
    [1, [0b01000000], [0, 1, 0]],
    [2, [0b00011100], [0, 1 / 3, 1]],
    [4, [0x0f, 0x50], [0, 1, 1 / 3]],
  ])('of %i bits is read, each row from a new byte', (depth, line, expected) => {
    const { values } = read(pngBytes([headerChunk(3, 2, { depth }), rows(line, line), END]));
    expect(values).toEqual(Float32Array.from([...expected, ...expected]));
  });

  test('of 16 bits keeps them', () => {
    const data = Uint16Array.of(0, 1, 65_534, 65_535);
    const { values } = read(Buffer.from(encode({ width: 4, height: 1, channels: 1, depth: 16, data })));
    expect(values).toEqual(Float32Array.of(0, 1 / 65_535, 65_534 / 65_535, 1));
  });

  test('with a palette has its colours, and no index beyond it', () => {
    const palette: Chunk = ['PLTE', Buffer.from([255, 0, 0, 0, 0, 255])];
    const header = headerChunk(2, 1, { colour: 3 });
    expect(read(pngBytes([header, palette, rows([0, 1]), END])).values).toEqual(Float32Array.of(1, 0, 0, 0, 0, 1));
    expect(() => read(pngBytes([header, palette, rows([0, 2]), END]))).toThrow(
      expect.objectContaining({ code: 'data/bad-image' }),
    );
    expect(() => read(pngBytes([header, rows([0, 1]), END]))).toThrow(
      expect.objectContaining({ code: 'data/bad-image' }),
    );
  });

  test('lies over black where it is transparent', () => {
    const data = Uint8Array.of(255, 255, 255, 255, 255, 255, 255, 0);
    const { channels, values } = read(Buffer.from(encode({ width: 2, height: 1, channels: 4, depth: 8, data })));
    expect([channels, ...values]).toEqual([3, 1, 1, 1, 0, 0, 0]);
  });

  test('is the same picture when it is interlaced', () => {
    const image = {
      width: 5,
      height: 7,
      channels: 3,
      depth: 8,
      data: Uint8Array.from({ length: 105 }, (_, i) => (i * 29) % 256),
    } as const;
    expect(read(Buffer.from(encode(image, { interlace: 'Adam7' })))).toEqual(read(Buffer.from(encode(image))));
  });

  test('is read to its end mark, whatever follows or is told beside', () => {
    const [header, ...others] = chunksOf(GREY);
    const told: Chunk[] = [
      ['tEXt', Buffer.from('Comment\0Jane Doe')],
      ['iCCP', Buffer.from('broken')],
      ['acTL', Buffer.alloc(8, 0xff)],
    ];
    const bytes = Buffer.concat([pngBytes([header as Chunk, ...told, ...others]), Buffer.from('PK trailing')]);
    expect(read(bytes)).toEqual(read(GREY));
  });
});

describe('a PNG is refused', () => {
  const [header, data] = chunksOf(GREY) as [Chunk, Chunk, Chunk];
  const refusal = (bytes: Buffer): unknown => {
    try {
      return read(bytes);
    } catch (thrown) {
      const { code, details } = thrown as { code: string; details: { offset?: number } };
      return [code, details.offset];
    }
  };

  test.each([
    ['with a wrong checksum', Buffer.from(GREY).fill(1, 29, 30), ['data/bad-image', 8]],
    ['without pixels', pngBytes([header, END]), ['data/bad-image', 45]],
    ['without a header', pngBytes([data, END]), ['data/bad-image', 8]],
    ['with two headers', pngBytes([header, header, data, END]), ['data/bad-image', 33]],
    ['cut off', GREY.subarray(0, 40), ['data/bad-image', 33]],
    ['of no pixels', pngBytes([headerChunk(0, 0), data, END]), ['data/bad-image', 8]],
    ['of 2^31 - 1 squared pixels', pngBytes([headerChunk(2 ** 31 - 1, 2 ** 31 - 1), data, END]), ['data/too-large', 8]],
    ['with fewer pixels than stated', pngBytes([headerChunk(2, 3), data, END]), ['data/bad-image', 33]],
    [
      'with a bomb for pixels',
      pngBytes([header, ['IDAT', deflateSync(Buffer.alloc(2 ** 24))], END]),
      ['data/bad-image', 33],
    ],
    ['with pixels after its end', pngBytes([header, END, data]), ['data/bad-image', 71]],
    [
      'interlaced below 8 bits',
      pngBytes([headerChunk(8, 8, { depth: 1, interlace: 1 }), data, END]),
      ['data/unsupported-image', 8],
    ],
    ['of an unknown colour type', pngBytes([headerChunk(2, 2, { colour: 5 }), data, END]), ['data/bad-image', 8]],
  ])('%s', (_, bytes, expected) => {
    expect(refusal(bytes)).toEqual(expected);
  });
});
