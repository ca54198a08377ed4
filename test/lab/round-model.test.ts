import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { loadedSeconds, roundSeconds } from '../../scripts/bench/round-model.ts';
import { pullPermutation } from '../../src/protocol/pull-choice.ts';
import { digest } from '../builders.ts';

const MEGABIT = 1e6;
const MODEL_BYTES = 1e6;
const ACCESS = { upBitsPerSecond: 10 * MEGABIT, downBitsPerSecond: 10 * MEGABIT };
const PAIR = { upBitsPerSecond: 100 * MEGABIT, downBitsPerSecond: 100 * MEGABIT, pairBitsPerSecond: 10 * MEGABIT };

/** What each of n peers pulls from each, in bytes, for the choice that these seeds give. */
function draw(n: number, segments: number, pulls: number): number[][] {
  return Array.from({ length: n }, (_, puller) => {
    const bytes = Array.from({ length: n }, () => 0);
    const others = bytes.map((_, i) => i).filter((i) => i !== puller);
    for (let segment = 0; segment < segments; segment++) {
      const order = pullPermutation({ update: digest(`update ${puller}`), round: 0, segment }, others.length);
      for (const choice of order.slice(0, pulls)) {
        const provider = others[choice] ?? 0;
        bytes[provider] = (bytes[provider] ?? 0) + MODEL_BYTES / segments;
      }
    }
    return bytes;
  });
}

describe('the time model of a round', () => {
  test.each([
    ['whole-model', 1, 1, 0.8],
    ['whole-model', 1, 2, 0.8],
    ['segmented', 2, 2, 0.4],
    ['segmented', 5, 2, 0.16],
    ['segmented', 10, 2, 0.16],
    ['segmented', 10, 1, 0.08],
  ] as const)(
    'gains by segments where a pair is slower than a peer: %s, S = %i, R = %i',
    (scheme, segments, pulls, seconds) => {
      expect(roundSeconds({ n: 16, scheme, segments, pulls }, MODEL_BYTES, PAIR)).toBeCloseTo(seconds, 6);
    },
  );

  test.each([1, 2, 5, 10])('gains nothing by %i segments where the access line is the limit', (segments) => {
    const cell = { n: 16, scheme: 'segmented', segments, pulls: 2 } as const;
    expect(roundSeconds(cell, MODEL_BYTES, ACCESS)).toBeCloseTo(1.6, 6);
  });

  test('makes a star pay for everybody twice, over one line', () => {
    const cell = { n: 16, scheme: 'star', segments: 1, pulls: 1 } as const;
    expect(roundSeconds(cell, MODEL_BYTES, ACCESS)).toBeCloseTo(2 * 15 * 0.8, 6);
    expect(roundSeconds(cell, MODEL_BYTES, PAIR)).toBeCloseTo(2 * 15 * 0.08, 6);
  });

  test('says less than the choice as it falls, never more', () => {
    const size = fc.record({
      n: fc.integer({ min: 2, max: 20 }),
      segments: fc.integer({ min: 1, max: 12 }),
      pulls: fc.nat(19),
    });
    fc.assert(
      fc.property(size, fc.constantFrom(ACCESS, PAIR), ({ n, segments, pulls }, rate) => {
        const cell = { n, scheme: 'segmented', segments, pulls: 1 + (pulls % (n - 1)) } as const;
        const bytesFrom = draw(n, segments, cell.pulls);
        expect(loadedSeconds(bytesFrom, rate)).toBeGreaterThanOrEqual(
          roundSeconds(cell, MODEL_BYTES, rate) * (1 - 1e-9),
        );
      }),
      { seed: 4 },
    );
  });

  test('counts what a popular provider has to send', () => {
    const all = [0, 1, 2, 3].map((puller) => [puller === 0 ? 0 : MODEL_BYTES, puller === 0 ? MODEL_BYTES : 0, 0, 0]);
    expect(loadedSeconds(all, ACCESS)).toBeCloseTo(3 * 0.8, 6);
  });
});
