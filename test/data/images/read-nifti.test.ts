import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import type { ImagePart } from '../../../src/data/images/image-file.ts';
import { readNifti } from '../../../src/data/images/read-nifti.ts';
import type { ReadingOptions } from '../../../src/data/images/reading-options.ts';
import { type NiftiOptions, niftiBytes } from './nifti-bytes.ts';

const PLAIN: ReadingOptions = { labelTag: null, window: 'file', frames: 'all', burnedIn: 'ignore', size: null };
const VOLUME: NiftiOptions = { sides: [2, 1, 3], voxels: Buffer.from([0, 10, 20, 30, 5, 5]) };

function read(bytes: Buffer, options: Partial<ReadingOptions> = {}): ImagePart[] {
  return [...readNifti('volume.nii', bytes, { ...PLAIN, ...options }).parts];
}

const values = (parts: readonly ImagePart[]): number[][] => parts.map(({ image }) => [...image.values]);

describe('a NIfTI volume', () => {
  test('gives its slices, each between its smallest and largest value', () => {
    const slices = read(niftiBytes(VOLUME));
    expect(slices.map(({ part }) => part)).toEqual(['slice 1', 'slice 2', 'slice 3']);
    expect(slices[0]?.image).toMatchObject({ width: 2, height: 1, channels: 1 });
    expect(values(slices)).toEqual([
      [0, 1],
      [0, 1],
      [0, 0],
    ]);
  });

  test('is rescaled as its header says, and cut to a window that is given', () => {
    const bytes = niftiBytes({ ...VOLUME, slope: 2, intercept: -10 });
    expect(values(read(bytes, { window: { centre: 20, width: 60 } }))).toEqual([
      [0, Math.fround(1 / 3)],
      [Math.fround(2 / 3), 1],
      [Math.fround(1 / 6), Math.fround(1 / 6)],
    ]);
  });

  test.each([
    [4, 16, Buffer.from(Int16Array.of(-300, 300).buffer)],
    [8, 32, Buffer.from(Int32Array.of(-7, 70_000).buffer)],
    [16, 32, Buffer.from(Float32Array.of(-0.5, 0.5).buffer)],
    [64, 64, Buffer.from(Float64Array.of(-1e9, 1e9).buffer)],
    [256, 8, Buffer.from([0x80, 0x7f])],
    [512, 16, Buffer.from(Uint16Array.of(0, 65_535).buffer)],
    [768, 32, Buffer.from(Uint32Array.of(1, 2 ** 31).buffer)],
  ])('of data type %i is read', (code, bits, voxels) => {
    expect(values(read(niftiBytes({ sides: [2, 1], type: [code, bits], voxels })))).toEqual([[0, 1]]);
  });

  test('has its smallest value where a voxel is no number', () => {
    const voxels = Buffer.from(Float32Array.of(Number.NaN, 1, 3, Number.POSITIVE_INFINITY).buffer);
    expect(values(read(niftiBytes({ sides: [4, 1], type: [16, 32], voxels })))).toEqual([[0, 0, 1, 0]]);
  });

  test('is the same when it is compressed, and may give one slice only', () => {
    const bytes = niftiBytes(VOLUME);
    expect(read(gzipSync(bytes))).toEqual(read(bytes));
    expect(read(bytes, { frames: 'middle' }).map(({ part }) => part)).toEqual(['slice 2']);
  });
});

test.each([
  ['with fewer voxels than stated', niftiBytes({ ...VOLUME, sides: [2, 1, 4] }), 'data/bad-image'],
  ['without voxels along an axis', niftiBytes({ ...VOLUME, sides: [2, 0, 3] }), 'data/bad-image'],
  ['of complex numbers', niftiBytes({ ...VOLUME, type: [32, 64] }), 'data/unsupported-image'],
  ['of too many slices', niftiBytes({ ...VOLUME, sides: [1, 1, 32_000] }), 'data/too-large'],
  ['of too many pixels', niftiBytes({ ...VOLUME, sides: [32_000, 32_000] }), 'data/too-large'],
  [
    'that is a bomb',
    gzipSync(Buffer.concat([niftiBytes(VOLUME), Buffer.alloc(2 ** 27)]), { level: 1 }),
    'data/too-large',
  ],
  ['that is another compressed file', gzipSync(Buffer.from('text')), 'data/unsupported-image'],
])('a NIfTI volume %s is refused', (_, bytes, code) => {
  expect(() => read(bytes)).toThrow(expect.objectContaining({ code }));
});
