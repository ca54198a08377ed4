import { expect, test } from 'vitest';
import { printAndFindFailed } from './fault-row.ts';
import { runGossipRowGroup } from './gossip-rows.ts';

test('two records of one member for one round are proven on the ledger, wherever they arrived', async () => {
  expect(printAndFindFailed(await runGossipRowGroup('equivocation', 'quick', 'quick'))).toEqual([]);
}, 120_000);
