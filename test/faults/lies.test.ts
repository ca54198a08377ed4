import { expect, test } from 'vitest';
import { printAndFindFailed } from './fault-row.ts';
import { lies } from './lies.ts';

// Each lie costs some thirty hashes of typed data, a quarter of a millisecond each: the long form tells 10,000.
test('an index refuses every lie of a node, and names the first wrong entry', async () => {
  expect(printAndFindFailed(await lies({ edits: 500, seed: 'quick' }))).toEqual([]);
}, 60_000);
