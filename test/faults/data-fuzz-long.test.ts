import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { fuzzInBatches, type LongFuzzPlan } from './data/fuzz-in-batches.ts';
import { countIn, NOTHING_READ } from './data/fuzz-tally.ts';
import { FUZZED_FORMATS, type FuzzedFormat } from './data/fuzzed-formats.ts';

const FAILING_WORKER = fileURLToPath(new URL('./data/failing-worker.ts', import.meta.url));
const FILES = 200;
const PLAN: LongFuzzPlan = {
  files: FILES,
  seed: 'batches',
  limits: { seconds: 2, mebibytes: 256 },
  isOver: () => false,
};

const png = FUZZED_FORMATS.find(({ name }) => name === 'png') as FuzzedFormat;

test('in batches, damaged files are read or refused within time and memory', async () => {
  const { failures, read, refused, mebibytes, idleMebibytes } = await fuzzInBatches(png, PLAN);
  expect(failures).toEqual([]);
  expect(read + Object.values(refused).reduce((total, count) => total + count, 0)).toBe(FILES);
  expect(Math.min(mebibytes, idleMebibytes)).toBeGreaterThan(0);
});

test('a file that takes too much memory or time is told by its seed', async () => {
  const limits = { seconds: 2, mebibytes: 0 };
  const { failures } = await fuzzInBatches(png, { ...PLAN, files: 3, limits });
  expect(failures).toContainEqual(expect.stringMatching(/^batches-\d: took \d+ MiB$/));
  const { failures: slow } = await fuzzInBatches(png, { ...PLAN, files: 3, limits: { seconds: 0, mebibytes: 256 } });
  expect(slow).toContainEqual(expect.stringMatching(/^batches-\d: took [\d.]+ s$/));
});

test('a file that ends its process or hangs is told by its seed, and the others are read', async () => {
  const plan = { ...PLAN, files: 8, worker: FAILING_WORKER, hangSeconds: 2 };
  const { failures, read, files } = await fuzzInBatches(png, plan);
  expect(failures.map((failure) => failure.split(':')[0])).toEqual(['batches-3', 'batches-5']);
  expect([read, files]).toEqual([6, 8]);
});

test('a refusal counts only with a code of damage and a byte', () => {
  const resultOf = (code: 'data/bad-image' | 'data/reader-failed', details: object) =>
    countIn(NOTHING_READ, 'x', { problem: { code, details: { ...details } }, isSound: false });
  expect(resultOf('data/bad-image', { offset: 0 })).toMatchObject({ refused: { 'data/bad-image': 1 }, failures: [] });
  expect(resultOf('data/bad-image', {}).failures).toEqual(['x: data/bad-image without a byte']);
  expect(resultOf('data/reader-failed', { offset: 0 }).failures).toEqual(['x: data/reader-failed']);
});
