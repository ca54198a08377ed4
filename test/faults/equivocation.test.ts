import { expect, test } from 'vitest';
import { printAndFindFailed } from './fault-row.ts';
import { equivocation } from './gossip/equivocation.ts';

test('two records of one member for one round are proven on the ledger, wherever they arrived', async () => {
  expect(printAndFindFailed(await equivocation('quick'))).toEqual([]);
}, 120_000);
