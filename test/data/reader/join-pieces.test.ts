import { expect, test } from 'vitest';
import { readSourceRecords } from '../../../src/data/read-source-records.ts';
import { createPieceJoiner } from '../../../src/data/reader/join-pieces.ts';
import type { ReadPart } from '../../../src/data/reader/reading-message.ts';
import { createImageFolder, greyPng } from '../images/image-folder.ts';

function piece(part: string, length: number, values: readonly number[]): ReadPart {
  return { part, label: null, shape: [1, length, 1], values: Float32Array.from(values) };
}

test('images are whole once their last piece is there', () => {
  const join = createPieceJoiner();
  const small = piece('1', 2, [1, 2]);
  expect(join([small, piece('2', 5, [1, 2])])).toEqual([small]);
  expect(join([piece('2', 5, [3, 4])])).toEqual([]);
  expect(join([piece('2', 5, [5]), small])).toEqual([piece('2', 5, [1, 2, 3, 4, 5]), small]);
});

test('an image that is larger than a message arrives pixel by pixel', async () => {
  const [width, height] = [1_000, 1_101];
  const pixels = Array.from({ length: width * height }, (_, index) => (index * 31) % 251);
  const folder = await createImageFolder();
  try {
    await folder.add('x/1.png', greyPng(width, height, pixels));
    const { records } = await readSourceRecords(folder.path);
    expect(records[0]?.shape).toEqual([height, width, 1]);
    const read = Uint8Array.from(records[0]?.values ?? [], (value) => Math.round(value * 255));
    expect(Buffer.from(read).equals(Buffer.from(pixels))).toBe(true);
  } finally {
    await folder.remove();
  }
});
