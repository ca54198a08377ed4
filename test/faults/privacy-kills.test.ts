import { expect, test } from 'vitest';
import { runGroupOf } from './all-rows.ts';
import { printAndFindFailed } from './fault-row.ts';
import { PRIVACY_ROW_GROUPS } from './privacy-rows.ts';

test('a member that is killed while it trains privately never counts too little', async () => {
  expect(
    printAndFindFailed(await runGroupOf(PRIVACY_ROW_GROUPS, 'privacy-kills', { extent: 'quick', seed: 'quick' })),
  ).toEqual([]);
}, 120_000);
