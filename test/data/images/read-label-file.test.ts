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
    expect([...(await readLabelFile(path)).labels]).toEqual([
      ['sub/1.png', { label: 'a, b', patient: 'p 1' }],
      ['2.png', { label: 'c', patient: null }],
    ]);
  });

  test.each([
    ['without a column for files', 'name,label\n1.png,a\n'],
    ['without a column for labels', 'file,class\n1.png,a\n'],
    ['that is empty', ''],
  ])('%s is refused', async (_, text) => {
    await expect(readLabelFile(await folder.add('l.csv', text))).rejects.toMatchObject({ code: 'data/bad-table' });
  });

  test.each([
    ['a row without file', ',a', 2],
    ['a row that is too long', '1.png,a,b', 2],
    ['an open quote', '"1.png,a', 2],
    ['a cell of a megabyte', `1.png,${'a'.repeat(2 ** 20)}`, 2],
    ['a file named a second time, which has no label then', './2.png,b', 1],
  ])('with %s has that row listed, and the others read', async (_, row, count) => {
    const { labels, problems } = await readLabelFile(
      await folder.add('l.csv', `file,label\n2.png,a\n${row}\n3.png,c\n`),
    );
    expect([labels.size, labels.get('3.png')?.label]).toEqual([count, 'c']);
    expect(problems.map(({ code }) => code)).toEqual(['data/bad-table']);
  });

  test('may name paths and keys that mean something elsewhere', async () => {
    const path = await folder.add('l.csv', 'file,label\n../../etc/passwd,a\n__proto__,b\n/dev/zero,c\n');
    expect((await readLabelFile(path)).labels.size).toBe(3);
  });
});
