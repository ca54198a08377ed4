import { expect, test } from 'vitest';
import { runRowGroup } from './all-rows.ts';
import { printAndFindFailed } from './fault-row.ts';

test('an index refuses every lie of a node, and names the first wrong entry', async () => {
  expect(printAndFindFailed(await runRowGroup('lies', 'quick', 'quick'))).toEqual([]);
}, 400_000);
