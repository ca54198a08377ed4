import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readSourceRecords } from '../../../src/data/read-source-records.ts';
import { npy, zip } from '../npz-builder.ts';
import { createImageFolder, greyPng, type ImageFolder, plainJpeg } from './image-folder.ts';

let folder: ImageFolder;

beforeEach(async () => {
  folder = await createImageFolder();
});

afterEach(() => folder.remove());

describe('a folder of images', () => {
  test('has its folders as classes, in the order of names', async () => {
    await folder.add('sick/b.jpg', plainJpeg(8, 8, [255, 0, 0]));
    await folder.add('healthy/a.png', greyPng(2, 1, [0, 255]));
    const { records, problems } = await readSourceRecords(folder.path);
    expect(problems).toEqual([]);
    expect(records.map(({ place, label, patient, shape }) => ({ place, label, patient, shape }))).toEqual([
      { place: 'healthy/a.png', label: 'healthy', patient: null, shape: [1, 2, 1] },
      { place: 'sick/b.jpg', label: 'sick', patient: null, shape: [8, 8, 3] },
    ]);
    expect(records[0]?.values).toEqual(Float32Array.of(0, 1));
  });

  test('takes labels and patients from a CSV, and lists what it does not fit', async () => {
    await folder.add('one.png', greyPng(1, 1, [51]));
    await folder.add('two.png', greyPng(1, 1, [51]));
    const labelCsv = await folder.add('labels.csv', 'file,label,patient\none.png,mild,p7\n./gone.png,severe,p8\n');
    const { records, problems } = await readSourceRecords(folder.path, { labelCsv });
    expect(records).toMatchObject([{ place: 'one.png', label: 'mild', patient: 'p7' }]);
    expect(problems.map(({ code, details }) => [code, details['file']])).toEqual([
      ['data/no-label', 'two.png'],
      ['data/missing-file', 'gone.png'],
    ]);
  });

  test('is read to its end whatever one file is', async () => {
    await folder.add('x/good.png', greyPng(1, 1, [0]));
    await folder.add('x/bad.png', greyPng(4, 4, Array(16).fill(9)).subarray(0, 50));
    await folder.add('x/text.png', 'not an image');
    const { records, problems } = await readSourceRecords(folder.path);
    expect(records.map(({ place }) => place)).toEqual(['x/good.png']);
    expect(problems.map(({ code }) => code)).toEqual(['data/bad-image', 'data/unsupported-image']);
    expect(problems[0]?.details).toEqual({ file: 'bad.png', offset: 33 });
  });

  test('is brought to one size as it is read', async () => {
    await folder.add('a/1.png', greyPng(4, 2, [0, 0, 255, 255, 0, 0, 255, 255]));
    await folder.add('b/2.jpg', plainJpeg(8, 8, [255, 255, 255]));
    const { records } = await readSourceRecords(folder.path, {
      size: { height: 2, width: 2, channels: 1, fit: 'stretch' },
    });
    expect(records.map(({ shape }) => shape)).toEqual([
      [2, 2, 1],
      [2, 2, 1],
    ]);
    expect(records[0]?.values).toEqual(Float32Array.of(0, 1, 0, 1));
  });

  test('tells how far it is', async () => {
    for (const name of ['a/1.png', 'a/2.png', 'b/3.png']) await folder.add(name, greyPng(1, 1, [0]));
    const seen: number[] = [];
    await readSourceRecords(folder.path, { onProgress: ({ done, total }) => seen.push(done / total) });
    expect(seen).toEqual([1 / 3, 2 / 3, 1]);
  });
});

test('an NPZ file gives all of its parts, with places that name them', async () => {
  const images = npy({ shape: [2, 1, 2, 3], data: new Uint8Array(12).fill(255) });
  const labels = npy({ shape: [2, 1], data: Uint8Array.of(0, 3) });
  const file = await folder.add('set.npz', zip({ 'train_images.npy': images, 'train_labels.npy': labels }));
  const { records } = await readSourceRecords(file);
  expect(records).toMatchObject([
    { place: 'set.npz train 1', label: '0', shape: [1, 2, 3] },
    { place: 'set.npz train 2', label: '3', shape: [1, 2, 3] },
  ]);
});

test('a path at which there is nothing is listed', async () => {
  const { records, problems } = await readSourceRecords(`${folder.path}/nothing.npz`);
  expect(records).toEqual([]);
  expect(problems.map(({ code }) => code)).toEqual(['data/missing-file']);
});

test.each(['(0010,0010)', '00100020', '0008,0018', '(0009,1001)', 'SeriesDescription'])(
  'no label comes from %s',
  async (labelTag) => {
    await expect(readSourceRecords(folder.path, { labelTag })).rejects.toMatchObject({ code: 'data/bad-option' });
  },
);
