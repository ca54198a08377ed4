import { expect, test } from 'vitest';
import { equalMix, type KnownMix } from '../../src/mixing/equal-mix.ts';
import { mixRelayed } from '../../src/mixing/relayed-mix.ts';

const CHANGES = [3, 6, 24];

/** One segment of one parameter: all trained from 100, and entry e came to 100 + CHANGES[e]. */
const mixWith = (weights: readonly number[], isKnown = [true, true, true], changes = CHANGES): KnownMix => ({
  rule: 'clipped-mean',
  steps: [{ sources: [0, 1, 2], weights: [...weights], scales: [1, 1, 1] }],
  own: 0,
  isKnown,
  mixedOf: async () => Float32Array.of(weights.reduce((sum, weight, i) => sum + weight * (100 + (changes[i] ?? 0)), 0)),
  changeOf: async (entry) => Float32Array.of(changes[entry] ?? 0),
});

test('neither weights nor lengths beyond the median count', async () => {
  const even = await equalMix(mixWith([1 / 3, 1 / 3, 1 / 3]));
  const heavy = await equalMix(mixWith([0.25, 0.25, 0.5]));
  const long = await equalMix(mixWith([0.25, 0.25, 0.5], undefined, [3, 6, 48]));
  for (const mix of [even, heavy, long]) {
    expect(await mixRelayed(mix, [])).toEqual([Float32Array.of(105)]);
    expect(await mixRelayed(mix, [2])).toEqual([Float32Array.of(103)]);
    expect(await mixRelayed(mix, [0, 1, 2])).toEqual([Float32Array.of(100)]);
  }
  // The control: the mix itself gives the heavy and long one more.
  expect(await mixRelayed(mixWith([0.25, 0.25, 0.5]), [])).toEqual([Float32Array.of(114.25)]);
});

test('what was trained from something unknown stays in the mix, and has no share', async () => {
  const mix = await equalMix(mixWith([0.25, 0.25, 0.5], [true, true, false]));
  expect(mix.steps).toEqual([{ sources: [0, 1], weights: [0.5, 0.5], scales: [1, 0.5] }]);
  expect(await mixRelayed(mix, [0, 1])).toEqual([Float32Array.of(112)]);
  expect(await mixRelayed(mix, [])).toEqual([Float32Array.of(115)]);
});

test('who did not train does not lower the median, and who has no share in the mix has none here', async () => {
  const relays = await equalMix(mixWith([1 / 3, 1 / 3, 1 / 3], undefined, [0, 0, 6]));
  expect(await mixRelayed(relays, [])).toEqual([Float32Array.of(102)]);
  const leftOut = await equalMix(mixWith([0.5, 0.5, 0]));
  expect(leftOut.steps[0]?.sources).toEqual([0, 1]);
});
