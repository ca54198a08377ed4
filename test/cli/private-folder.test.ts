import { chmod, mkdir, mkdtemp, realpath, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { formatCsv } from '../../src/cli/format-csv.ts';
import { makePrivateFolder } from '../../src/cli/private-folder.ts';

let root: string;
const at = (...names: string[]): string => join(root, ...names);
beforeEach(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), 'consilium-private-')));
  await mkdir(at('member', 'blobs'), { recursive: true, mode: 0o700 });
  await writeFile(at('member', 'peer.json'), '{}');
});
afterEach(() => rm(root, { recursive: true }));

const refused = { code: 'data/output-refused' };

test('a new folder, and those on the way to it, are for their owner alone', async () => {
  expect(await makePrivateFolder(at('some', 'where'))).toBe(at('some', 'where'));
  expect((await stat(at('some', 'where'))).mode & 0o777).toBe(0o700);
  expect((await stat(at('some'))).mode & 0o777).toBe(0o700);
});

test('a folder that is there already is taken if nobody else can enter it', async () => {
  await mkdir(at('mine'), { mode: 0o700 });
  expect(await makePrivateFolder(at('mine'))).toBe(at('mine'));
  for (const mode of [0o755, 0o750, 0o701]) {
    await chmod(at('mine'), mode);
    await expect(makePrivateFolder(at('mine'))).rejects.toMatchObject(refused);
  }
});

test('a blob store is refused, and everything in it, directly and through links', async () => {
  await symlink(at('member'), at('link'));
  await symlink(at('member', 'blobs'), at('straight'));
  for (const path of [
    ['member', 'blobs'],
    ['member', 'blobs', 'a', 'b'],
    ['link', 'blobs', 'new'],
    ['straight', 'new'],
  ]) {
    await expect(makePrivateFolder(at(...path))).rejects.toMatchObject(refused);
  }
  await expect(stat(at('member', 'blobs', 'new'))).rejects.toThrow('ENOENT');
});

test('a folder named blobs that is no store is a folder like any other', async () => {
  expect(await makePrivateFolder(at('blobs', 'values'))).toBe(at('blobs', 'values'));
});

test('a file is no folder', async () => {
  await expect(makePrivateFolder(at('member', 'peer.json'))).rejects.toMatchObject(refused);
  await expect(makePrivateFolder(at('member', 'peer.json', 'new'))).rejects.toMatchObject(refused);
});

test('CSV keeps commas, quotes and line breaks in their cell, and numbers as they are', () => {
  expect(formatCsv(['a', 'b'], [['x,"y"\nz', -1.5e-7]])).toBe('a,b\r\n"x,""y""\nz",-1.5e-7\r\n');
  expect(formatCsv(['a', 'b'], [['x;y', null]], ';')).toBe('a;b\r\n"x;y";\r\n');
});

test.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1'])('CSV leaves nothing for a spreadsheet to compute: %j', (text) => {
  expect(formatCsv([], [[text]])).toBe(`\r\n'${text}\r\n`);
});
