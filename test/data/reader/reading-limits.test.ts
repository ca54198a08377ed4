import { expect, test } from 'vitest';
import { limitsOf, READING_LIMITS } from '../../../src/data/reader/reading-limits.ts';

const MEBIBYTE = 2 ** 20;

test('a small file gets no more memory and time than others, whatever is in it', () => {
  expect(limitsOf(0, READING_LIMITS)).toEqual(READING_LIMITS);
  expect(limitsOf(4 * MEBIBYTE, READING_LIMITS)).toEqual(READING_LIMITS);
});

test('a large file gets more memory, and time in proportion', () => {
  expect(limitsOf(4 * MEBIBYTE + 1, READING_LIMITS)).toEqual({ seconds: 10, mebibytes: 1_024 });
  expect(limitsOf(64 * MEBIBYTE, READING_LIMITS)).toEqual({ seconds: 40, mebibytes: 1_024 });
});
