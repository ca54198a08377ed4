import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readLabelFile } from '../../../src/data/reader/read-label-file.ts';
import { createImageFolder, type ImageFolder } from './image-folder.ts';

let folder: ImageFolder;

beforeEach(async () => {
  folder = await createImageFolder();
});

afterEach(() => folder.remove());

describe('a CSV of labels', () => {
  test('may have a mark, carriage returns, quotes, and columns in any order', async () => {
    const path = await folder.add(
      'l.csv',
      '\ufeffpatient,Label,note,FILE\r\np 1,"a, b",x,.\\sub\\1.png\r\n,c,y,2.png\r\n',
    );
    expect([...(await readLabelFile(path))]).toEqual([
      ['sub/1.png', { label: 'a, b', patient: 'p 1' }],
      ['2.png', { label: 'c', patient: null }],
    ]);
  });

  test.each([
    ['without a column for files', 'name,label\n1.png,a\n'],
    ['without a column for labels', 'file,class\n1.png,a\n'],
    ['that is empty', ''],
    ['with a file named twice', 'file,label\n1.png,a\n./1.png,b\n'],
    ['with a row without file', 'file,label\n,a\n'],
    ['with a row that is too long', 'file,label\n1.png,a,b\n'],
    ['with an open quote', 'file,label\n"1.png,a\n'],
    ['with a cell of a megabyte', `file,label\n1.png,${'a'.repeat(2 ** 20)}\n`],
  ])('%s is refused', async (_, text) => {
    await expect(readLabelFile(await folder.add('l.csv', text))).rejects.toMatchObject({ code: 'data/bad-table' });
  });

  test('may name paths and keys that mean something elsewhere', async () => {
    const path = await folder.add('l.csv', 'file,label\n../../etc/passwd,a\n__proto__,b\n/dev/zero,c\n');
    expect((await readLabelFile(path)).size).toBe(3);
  });
});
