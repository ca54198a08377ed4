import { expect, test } from 'vitest';
import { runRowGroup } from './all-rows.ts';
import { printAndFindFailed } from './fault-row.ts';

test('records come through blocks that are taken back, and none is shown as anchored too early', async () => {
  expect(printAndFindFailed(await runRowGroup('reorganisations', 'quick', 'quick'))).toEqual([]);
}, 400_000);
