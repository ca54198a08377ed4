import { expect, test } from 'vitest';
import { printAndFindFailed } from './fault-row.ts';
import { runGossipRowGroup } from './gossip-rows.ts';

test('one-way cuts, slow links and processes that stand still lose nothing', async () => {
  expect(printAndFindFailed(await runGossipRowGroup('links', 'quick', 'quick'))).toEqual([]);
}, 400_000);
