import { expect, test } from 'vitest';
import { printAndFindFailed } from './fault-row.ts';
import { nonces, noncesControls } from './nonces.ts';

test('200 submissions through a node that drops, holds back and overtakes: none is stuck, none is there twice', async () => {
  const rows = [await nonces({ submissions: 200, seed: 'quick' }), ...(await noncesControls('quick'))];
  expect(printAndFindFailed(rows)).toEqual([]);
}, 60_000);
