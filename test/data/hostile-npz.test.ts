import { afterAll, beforeAll, expect, test } from 'vitest';
import { createSeededRandom } from '../../src/base/seeded-random.ts';
import { DataError } from '../../src/data/data-error.ts';
import { readNpz } from '../../src/data/read-npz.ts';
import { type ArrayOptions, npy, validMembers, zip } from './npz-builder.ts';
import { createNpzFolder, type NpzFolder, refusalOf } from './npz-folder.ts';

let folder: NpzFolder;

beforeAll(async () => {
  folder = await createNpzFolder();
});

afterAll(() => folder.remove());

const withArray = (name: string, array: ArrayOptions) => ({ ...validMembers(), [`${name}.npy`]: npy(array) });

const images = { shape: [6, 2, 2], data: new Uint8Array(24) };
const labels = { shape: [6, 1], data: Uint8Array.of(0, 1, 0, 1, 0, 1) };

test.each<[string, string, string, ArrayOptions]>([
  ['objects, which would need pickle', 'data/bad-array', 'train_images', { ...images, descr: '|O' }],
  ['floating-point images', 'data/bad-array', 'train_images', { ...images, descr: '<f4', data: new Uint8Array(96) }],
  [
    'images of another integer type',
    'data/bad-array',
    'train_images',
    { ...images, descr: '<u2', data: new Uint8Array(48) },
  ],
  ['floating-point labels', 'data/bad-array', 'train_labels', { ...labels, descr: '<f8', data: new Uint8Array(48) }],
  ['big-endian labels', 'data/bad-array', 'train_labels', { ...labels, descr: '>i2', data: new Uint8Array(12) }],
  ['boolean labels', 'data/bad-array', 'train_labels', { ...labels, descr: '|b1' }],
  ['a type named like an inherited property', 'data/bad-array', 'train_labels', { ...labels, descr: 'constructor' }],
  [
    'records',
    'data/bad-array',
    'train_labels',
    { ...labels, header: "{'descr': [('a', '|u1')], 'fortran_order': False, 'shape': (6,), }" },
  ],
  ['Fortran order', 'data/bad-array', 'train_images', { ...images, fortran: true }],
  ['an unknown NPY version', 'data/bad-array', 'train_images', { ...images, version: 9 }],
  [
    'a header longer than the file',
    'data/bad-array',
    'train_images',
    { ...images, version: 2, headerLength: 2 ** 32 - 1 },
  ],
  [
    'a header longer than any real one',
    'data/bad-array',
    'train_images',
    { ...images, header: `{${' '.repeat(20_000)}}` },
  ],
  [
    'a header that is no dictionary',
    'data/bad-array',
    'train_images',
    { ...images, header: '__import__("os").system("true")' },
  ],
  ['a shape far larger than the data', 'data/bad-array', 'train_images', { ...images, shape: [65536, 65536] }],
  ['a shape that overflows', 'data/bad-array', 'train_images', { ...images, shape: [2 ** 30, 2 ** 30, 2 ** 30] }],
  ['a negative shape', 'data/bad-array', 'train_images', { ...images, shape: [-6, 2, 2] }],
  [
    'a scalar',
    'data/bad-array',
    'train_labels',
    {
      ...labels,
      shape: [],
      data: new Uint8Array(1),
      header: "{'descr': '|u1', 'fortran_order': False, 'shape': (), }",
    },
  ],
  ['many dimensions', 'data/bad-array', 'train_images', { ...images, shape: [6, 2, 2, 1, 1, 1] }],
  ['images with two channels', 'data/bad-array', 'train_images', { ...images, shape: [3, 2, 2, 2] }],
  ['flat images', 'data/bad-array', 'train_images', { ...images, shape: [6, 4] }],
  ['data that is cut off', 'data/bad-array', 'train_images', { ...images, data: new Uint8Array(23) }],
  ['data that goes on', 'data/bad-array', 'train_images', { ...images, data: new Uint8Array(25) }],
  ['an empty part', 'data/bad-array', 'val_images', { shape: [0, 2, 2], data: new Uint8Array(0) }],
  ['test images of another size', 'data/bad-array', 'test_images', { shape: [4, 2, 3], data: new Uint8Array(24) }],
  ['more than one label per image', 'data/bad-array', 'train_labels', { shape: [6, 14], data: new Uint8Array(84) }],
  ['fewer labels than images', 'data/count-mismatch', 'train_labels', { shape: [5], data: new Uint8Array(5) }],
  [
    'a gap in the labels',
    'data/label-out-of-range',
    'train_labels',
    { ...labels, data: Uint8Array.of(0, 2, 0, 2, 0, 2) },
  ],
  [
    'a negative label',
    'data/label-out-of-range',
    'train_labels',
    { ...labels, descr: '|i1', data: Uint8Array.of(255, 0, 1, 0, 1, 0) },
  ],
  [
    'a test label that training lacks',
    'data/label-out-of-range',
    'test_labels',
    { shape: [4], data: Uint8Array.of(0, 1, 2, 0) },
  ],
  ['a single class', 'data/single-class', 'train_labels', { ...labels, data: new Uint8Array(6) }],
])('refuses %s', async (_, code, name, array) => {
  const error = await refusalOf(await folder.write('refused.npz', zip(withArray(name, array))));
  expect(error.code).toBe(code);
  expect(error.message).toMatch(/^refused\.npz: .+; .+$/);
});

test('refuses a file that lacks an array, and says which', async () => {
  const members = Object.entries(validMembers()).filter(([name]) => name !== 'val_labels.npy');
  const error = await refusalOf(await folder.write('lacking.npz', zip(Object.fromEntries(members))));
  expect(error.code).toBe('data/missing-array');
  expect(error.message).toContain('val_labels');
});

test('no mutation of a valid file does anything but read or give a typed error that names a byte', async () => {
  const whole = zip(validMembers());
  const { integer } = createSeededRandom('mutations');
  const errors: unknown[] = [];
  for (let round = 0; round < 1000; round++) {
    const bytes = Buffer.from(whole.subarray(0, integer(8) === 0 ? integer(whole.length) : whole.length));
    for (let change = integer(4); change >= 0 && bytes.length > 0; change--)
      bytes[integer(bytes.length)] = integer(256);
    await readNpz(await folder.write('mutated.npz', bytes)).catch((thrown: unknown) => errors.push(thrown));
  }
  expect(errors.filter((error) => !(error instanceof DataError && / \(byte \d+\)/.test(error.message)))).toEqual([]);
  expect(errors.length).toBeGreaterThan(500);
}, 60_000);
