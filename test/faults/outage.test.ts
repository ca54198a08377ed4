import { expect, test } from 'vitest';
import { runRowGroup } from './all-rows.ts';
import { printAndFindFailed } from './fault-row.ts';

test('some three hundred records come through outages of every kind, once each and in order', async () => {
  expect(printAndFindFailed(await runRowGroup('outage', 'quick', 'quick'))).toEqual([]);
}, 400_000);
