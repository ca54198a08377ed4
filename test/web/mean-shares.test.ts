import { describe, expect, test } from 'vitest';
import type { LineageLink, LineageView } from '../../src/web/auditor/lineage-view.ts';
import { meanShares } from '../../src/web/client/report/mean-shares.ts';
import { memberAccount } from '../builders.ts';

/** Three members by three records each; the places of nodes are round · 3 + row. */
const lineage = (edges: readonly LineageLink[]): LineageView => ({
  members: [memberAccount(1), memberAccount(2), memberAccount(3)],
  firstRound: 0,
  rounds: 2,
  nodes: Array.from({ length: 9 }, (_, i) => ({
    row: i % 3,
    round: Math.floor(i / 3),
    account: memberAccount((i % 3) + 1),
    entry: i,
    isFinal: i >= 6,
    isUnknown: false,
  })),
  edges,
});

describe('what members’ mixes are made of', () => {
  test('is the mean over their mixes, in the order that was asked for', () => {
    const view = lineage([
      [0, 3, 0.5],
      [1, 3, 0.5],
      [3, 6, 1],
      [4, 6, 0],
      [1, 4, 0.25],
      [2, 4, 0.75],
    ]);
    const shares = meanShares(view, [memberAccount(2), memberAccount(3), memberAccount(1)]);
    expect(shares).toEqual([[0.25, 0.75, 0], null, [0.25, 0, 0.75]]);
  });

  test('leaves out who is not asked for', () => {
    const view = lineage([
      [0, 3, 0.5],
      [2, 3, 0.5],
      [2, 5, 1],
    ]);
    expect(meanShares(view, [memberAccount(1)])).toEqual([[0.5]]);
  });
});
