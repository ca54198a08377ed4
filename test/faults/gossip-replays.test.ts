import { expect, test } from 'vitest';
import { printAndFindFailed } from './fault-row.ts';
import { runGossipRowGroup } from './gossip-rows.ts';

test('a signed record is good for one thing only', async () => {
  expect(printAndFindFailed(await runGossipRowGroup('replays', 'quick', 'quick'))).toEqual([]);
}, 300_000);
