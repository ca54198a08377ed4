import { expect, test } from 'vitest';
import { printAndFindFailed } from './fault-row.ts';
import { runGossipRowGroup } from './gossip-rows.ts';

test('memory and descriptors stay flat over many rounds and restarts', async () => {
  expect(printAndFindFailed(await runGossipRowGroup('soak', 'quick', 'quick'))).toEqual([]);
}, 400_000);
