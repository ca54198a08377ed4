import { expect, test } from 'vitest';
import { printAndFindFailed } from './fault-row.ts';
import { runGossipRowGroup } from './gossip-rows.ts';

test('a peer lives through mutated frames on live connections, and cuts off who sends them', async () => {
  expect(printAndFindFailed(await runGossipRowGroup('live-frames', 'quick', 'quick'))).toEqual([]);
}, 300_000);
