import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readNpz } from '../../src/data/read-npz.ts';
import { npy, validMembers, zip } from './npz-builder.ts';
import { createNpzFolder, type NpzFolder, refusalOf } from './npz-folder.ts';

const PNEUMONIA = fileURLToPath(new URL('../../../shared/data/pneumoniamnist_28_full.npz', import.meta.url));
const WRITTEN_BY_NUMPY = fileURLToPath(new URL('./numpy-written.npz', import.meta.url));

let folder: NpzFolder;

beforeAll(async () => {
  folder = await createNpzFolder();
});

afterAll(() => folder.remove());

test('reads a file that NumPy wrote', async () => {
  const { training, validation, test: testing } = await readNpz(WRITTEN_BY_NUMPY);
  expect([training.samples, validation.samples, testing.samples]).toEqual([12, 4, 6]);
  expect(training).toMatchObject({ inputShape: [4, 5, 1], classes: 3, classNames: ['class 0', 'class 1', 'class 2'] });
  expect([...training.labels]).toEqual([0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2]);
  const raw = [...training.inputs.subarray(0, 20)].map((input) => Math.round(input * 127.5 + 127.5));
  expect(raw).toEqual(Array.from({ length: 20 }, (_, index) => index));
});

test.runIf(existsSync(PNEUMONIA))(
  'reads PneumoniaMNIST',
  async () => {
    const { training, validation, test: testing } = await readNpz(PNEUMONIA);
    const counts = [training, validation, testing].map(({ labels }) => [
      labels.filter((l) => l === 0).length,
      labels.length,
    ]);
    expect(counts).toEqual([
      [1214, 4708],
      [135, 524],
      [234, 624],
    ]);
    expect(training.inputShape).toEqual([28, 28, 1]);
    expect(training.inputs.every((input) => input >= -1 && input <= 1)).toBe(true);
  },
  60_000,
);

test('reads colour images, and labels of other integer types', async () => {
  const members = validMembers();
  for (const [part, samples] of [
    ['train', 6],
    ['val', 2],
    ['test', 4],
  ] as const) {
    members[`${part}_images.npy`] = npy({ shape: [samples, 1, 2, 3], data: new Uint8Array(samples * 6), version: 2 });
    const labels = BigInt64Array.from({ length: samples }, (_, index) => BigInt(index % 2));
    members[`${part}_labels.npy`] = npy({ shape: [samples], data: new Uint8Array(labels.buffer), descr: '<i8' });
  }
  const { training } = await readNpz(await folder.write('colour.npz', zip(members)));
  expect(training.inputShape).toEqual([1, 2, 3]);
  expect([...training.labels]).toEqual([0, 1, 0, 1, 0, 1]);
});

test('refuses what is no file', async () => {
  expect((await refusalOf(join(folder.path, 'nowhere.npz'))).code).toBe('data/missing-file');
  expect((await refusalOf(folder.path)).code).toBe('data/not-a-file');
  expect((await refusalOf('/dev/zero')).code).toBe('data/not-a-file');
  expect((await refusalOf('a\0b')).code).toBe('data/unreadable');
});

test('refuses a pipe that nobody writes to, at once', async () => {
  const pipe = join(folder.path, 'pipe.npz');
  execFileSync('mkfifo', [pipe]);
  expect((await refusalOf(pipe)).code).toBe('data/not-a-file');
});

test('a message is one printable line and names no folder', async () => {
  const error = await refusalOf(join(folder.path, 'bad\n\u001b[31mname.npz'));
  expect(error.message).toMatch(/^[\x20-\x7e]+$/);
  expect(error.message).not.toContain(folder.path);
});
