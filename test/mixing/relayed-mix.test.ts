import { expect, test } from 'vitest';
import { sharesOf } from '../../src/mixing/mix-shares.ts';
import { mixRelayed, type RelayedMix } from '../../src/mixing/relayed-mix.ts';

/** Two segments of two parameters; entry e trained from e and came to e + 1 in the first, e + 2 in the second. */
const steps = [
  { sources: [0, 1], weights: [0.5, 0.5], scales: [1, 1] },
  { sources: [1, 2], weights: [0.25, 0.75], scales: [1, 1] },
];
const mixed = [Float32Array.of(1.5, 1.5), Float32Array.of(3.75, 3.75)];
const mix: RelayedMix = {
  rule: 'clipped-mean',
  steps,
  own: 1,
  mixedOf: async (segment) => mixed[segment] ?? new Float32Array(0),
  changeOf: async (_, segment) => new Float32Array(2).fill(segment + 1),
};

test('where everybody trained, is the mix, bit for bit', async () => {
  expect(await mixRelayed(mix, [])).toEqual(mixed);
});

test('takes out what relays would not have changed, by their share, and leaves the rest', async () => {
  expect(await mixRelayed(mix, [0])).toEqual([Float32Array.of(1, 1), mixed[1]]);
  expect(await mixRelayed(mix, [1])).toEqual([Float32Array.of(1, 1), Float32Array.of(3.25, 3.25)]);
});

test('where nobody trained, is the mix of what they trained from', async () => {
  expect(await mixRelayed(mix, [0, 1, 2])).toEqual([Float32Array.of(0.5, 0.5), Float32Array.of(1.75, 1.75)]);
});

test('shares are weights times clipping; the rest stays with the base, or with the own contribution', () => {
  const step = { sources: [3, 5], weights: [0.5, 0.5], scales: [1, 0.5] };
  expect(sharesOf('clipped-mean', step, 3)).toEqual([0.5, 0.25]);
  expect(sharesOf('screened-mean', step, 3)).toEqual([0.75, 0.25]);
});
