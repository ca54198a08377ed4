import { expect, test } from 'vitest';
import { printAndFindFailed } from './fault-row.ts';
import { runGossipRowGroup } from './gossip-rows.ts';

test('readers of frames refuse what is wrong with them, and never break', async () => {
  expect(printAndFindFailed(await runGossipRowGroup('frames', 'quick', 'quick'))).toEqual([]);
}, 300_000);
