import { expect, test } from 'vitest';
import { printAndFindFailed } from './fault-row.ts';
import { killControls, kills } from './kills.ts';

test('a member that is killed a hundred times keeps its word', async () => {
  const rows = [await kills({ kills: 100, seed: 'quick' }), ...(await killControls('quick'))];
  expect(printAndFindFailed(rows)).toEqual([]);
}, 180_000);
