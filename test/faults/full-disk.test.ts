import { expect, test } from 'vitest';
import { runRowGroup } from './all-rows.ts';
import { printAndFindFailed } from './fault-row.ts';

test('a disk that is full or read-only is named, and nothing is acknowledged that is not there', async () => {
  expect(printAndFindFailed(await runRowGroup('full-disk', 'quick', 'quick'))).toEqual([]);
}, 400_000);
