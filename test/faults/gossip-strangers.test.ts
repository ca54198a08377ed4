import { expect, test } from 'vitest';
import { printAndFindFailed } from './fault-row.ts';
import { runGossipRowGroup } from './gossip-rows.ts';

test('strangers get nothing, however often they knock', async () => {
  expect(printAndFindFailed(await runGossipRowGroup('strangers', 'quick', 'quick'))).toEqual([]);
}, 300_000);
