import { expect, test } from 'vitest';
import { runRowGroup } from './all-rows.ts';
import { printAndFindFailed } from './fault-row.ts';

test('what was acknowledged is there after a power loss', async () => {
  expect(printAndFindFailed(await runRowGroup('power-loss', 'quick', 'quick'))).toEqual([]);
}, 400_000);
