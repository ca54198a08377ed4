import { expect, test } from 'vitest';
import { printAndFindFailed } from './fault-row.ts';
import { outage, outageControl } from './outage.ts';

test('600 records come through outages of every kind, once each and in order', async () => {
  const rows = [await outage({ members: 4, rounds: 76, cycles: 1, seed: 'quick' }), await outageControl('quick')];
  expect(printAndFindFailed(rows)).toEqual([]);
}, 120_000);
