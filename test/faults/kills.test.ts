import { expect, test } from 'vitest';
import { runRowGroup } from './all-rows.ts';
import { printAndFindFailed } from './fault-row.ts';

test('a member that is killed sixty times keeps its word, and signs no round twice', async () => {
  expect(printAndFindFailed(await runRowGroup('kills', 'quick', 'quick'))).toEqual([]);
}, 400_000);
