import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { fuzzFormat } from './data/fuzz-format.ts';
import { FUZZED_FORMATS } from './data/fuzzed-formats.ts';

/** The long form is `npm run test:faults:data`. */
const FILES = 1_000;
/** Codecs are loaded anew after each failure, which takes most of the time. */
const COMPRESSED_FILES = 250;

test.each(FUZZED_FORMATS)('damaged $name files are read or refused, each on its own', async (format) => {
  const files = format.name === 'dicom-compressed' ? COMPRESSED_FILES : FILES;
  const { failures, read, refused } = await fuzzFormat(format, { files, seed: 'quick' });
  expect(failures).toEqual([]);
  const refusals = Object.values(refused).reduce((total, count) => total + count, 0);
  expect(read + refusals).toBe(files);
  // Damage that is never survived, or always, would test nothing.
  expect(Math.min(read, refusals)).toBeGreaterThan(files / 100);
});

test('a reader without checks is caught', async () => {
  const nifti = FUZZED_FORMATS.find(({ name }) => name === 'nifti') as (typeof FUZZED_FORMATS)[number];
  const entry = fileURLToPath(new URL('./data/undefended-reader.ts', import.meta.url));
  const { failures } = await fuzzFormat(nifti, { files: 20, seed: 'control', entry });
  expect(failures.length).toBeGreaterThan(5);
});
