import { expect, test } from 'vitest';
import { printAndFindFailed } from './fault-row.ts';
import { runGossipRowGroup } from './gossip-rows.ts';

test('what honest members say reaches all honest members, whatever a third of all drops', async () => {
  expect(printAndFindFailed(await runGossipRowGroup('droppers', 'quick', 'quick'))).toEqual([]);
}, 400_000);
