import { expect, test } from 'vitest';
import type { MixInput } from '../../src/mixing/compute-mix.ts';
import { judgeEntries } from '../../src/mixing/judge-entries.ts';

/** Two segments of two parameters; entry 3 is a source of the second only. */
const SOURCES = [
  [0, 1, 2],
  [0, 1, 2, 3],
];

function mixOf(updates: readonly number[][], own = 0): MixInput {
  const entries = updates.map((_, i) => ({ member: `0x${i}` as const, round: 0, update: `0x${i}` as const }));
  const cut = (vector: readonly number[], segment: number) =>
    Float32Array.from(vector.slice(2 * segment, 2 * segment + 2));
  return {
    manifest: {
      aggregation: { rule: 'clipped-mean', clipFactor: 3, weightShareCap: 1 },
      rounds: 1,
      staleness: { boundRounds: 0, discount: 1 },
    },
    round: 0,
    plan: { entries, sources: SOURCES, own },
    samples: updates.map(() => 1),
    baseOf: async () => new Float32Array(2),
    segmentOf: async (entry, segment) => cut(updates[entry] ?? [], segment),
  };
}

/** Loss falls along the first parameter of each segment. */
const GRADIENT = Float32Array.of(-1, 0, -1, 0);

test('a change along the way down is judged well, one against it badly, one across it not at all', async () => {
  const updates = [
    [1, 0, 1, 0],
    [1, 0, 1, 0],
    [-1, 0, -1, 0],
    [9, 9, 0, 1],
  ];
  expect(await judgeEntries(mixOf(updates), GRADIENT)).toEqual([null, 1_000, -1_000, 0]);
});

test('length counts against the median of all, and no further than one', async () => {
  const updates = [
    [2, 0, 2, 0],
    [2, 0, 2, 0],
    [1, 0, 1, 0],
    [0, 0, -40, 0],
  ];
  expect(await judgeEntries(mixOf(updates), GRADIENT)).toEqual([null, 1_000, 500, -1_000]);
});

test('where nothing changed, or the loss does not, nothing is said', async () => {
  const still = [0, 1, 2, 3].map(() => [0, 0, 0, 0]);
  expect(await judgeEntries(mixOf(still), GRADIENT)).toEqual([null, null, null, null]);
  const moved = still.map(() => [1, 1, 1, 1]);
  expect(await judgeEntries(mixOf(moved, 2), new Float32Array(4))).toEqual([null, null, null, null]);
});
