import { expect, test } from 'vitest';
import { printAndFindFailed } from './fault-row.ts';
import { runGossipRowGroup } from './gossip-rows.ts';

test('a member that floods is cut off, and the others hardly notice', async () => {
  expect(printAndFindFailed(await runGossipRowGroup('floods', 'quick', 'quick'))).toEqual([]);
}, 300_000);
