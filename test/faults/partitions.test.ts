import { expect, test } from 'vitest';
import { printAndFindFailed } from './fault-row.ts';
import { PARTITION_ROWS } from './gossip/partition-rows.ts';

test('ten peers that are cut apart and healed agree on everything that was said', async () => {
  expect(printAndFindFailed(await PARTITION_ROWS.run('quick', 'quick'))).toEqual([]);
}, 900_000);
