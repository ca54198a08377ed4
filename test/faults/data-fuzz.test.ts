import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { fuzzFormat, unreadSeeds } from './data/fuzz-format.ts';
import { FUZZED_FORMATS } from './data/fuzzed-formats.ts';

/** The long form is `npm run test:faults:data`. */
const FILES = 1_000;

test.each(FUZZED_FORMATS)('damaged $name files are read or refused, each on its own', async (format) => {
  const { failures, read, refused } = await fuzzFormat(format, { files: FILES, seed: 'quick' });
  expect(failures).toEqual([]);
  const refusals = Object.values(refused).reduce((total, count) => total + count, 0);
  expect(read + refusals).toBe(FILES);
  // Damage that is never survived, or always, would test nothing.
  expect(Math.min(read, refusals)).toBeGreaterThan(FILES / 100);
});

test.each(FUZZED_FORMATS)('$name files that nothing is done to are all read', async (format) => {
  expect(await unreadSeeds(format)).toEqual([]);
});

test('a reader without checks is caught', async () => {
  const nifti = FUZZED_FORMATS.find(({ name }) => name === 'nifti') as (typeof FUZZED_FORMATS)[number];
  const entry = fileURLToPath(new URL('./data/undefended-reader.ts', import.meta.url));
  const { failures } = await fuzzFormat(nifti, { files: 20, seed: 'control', entry });
  expect(failures.length).toBeGreaterThan(5);
});
