import { expect, test } from 'vitest';
import { runRowGroup } from './all-rows.ts';
import { printAndFindFailed } from './fault-row.ts';

test('two hundred submissions get through a node that drops, holds back and overtakes, once each', async () => {
  expect(printAndFindFailed(await runRowGroup('nonces', 'quick', 'quick'))).toEqual([]);
}, 400_000);
