import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createRateLimit } from '../../src/gossip/rate-limit.ts';

const SEED = 20_261_126;

test('a full bucket gives its burst and nothing more, and refills at its pace', () => {
  const limit = createRateLimit({ burst: 3, perSecond: 2 });
  const take = (now: number): boolean => limit.take('a', now);
  expect([take(0), take(0), take(0), take(0)]).toEqual([true, true, true, false]);
  expect([take(499), take(500), take(500)]).toEqual([false, true, false]);
  expect([take(10_000), take(10_000), take(10_000), take(10_000)]).toEqual([true, true, true, false]);
});

test('one member has its bucket to itself, also when others fill the table', () => {
  const limit = createRateLimit({ burst: 1, perSecond: 0.001 });
  expect(limit.take('a', 0)).toBe(true);
  for (let other = 0; other < 5_000; other++) limit.take(`other ${other}`, 0);
  expect(limit.take('a', 0)).toBe(false);
});

test(`in no stretch of time does a member get more than burst + pace × time (seed ${SEED})`, () => {
  const quotas = fc.record({ burst: fc.integer({ min: 1, max: 20 }), perSecond: fc.integer({ min: 1, max: 50 }) });
  const pauses = fc.array(fc.integer({ min: 0, max: 400 }), { minLength: 1, maxLength: 200 });
  fc.assert(
    fc.property(quotas, pauses, (quota, waits) => {
      const limit = createRateLimit(quota);
      let now = 0;
      const granted: number[] = [];
      for (const wait of waits) {
        now += wait;
        if (limit.take('a', now)) granted.push(now);
      }
      for (const [i, from] of granted.entries()) {
        for (const [k, to] of granted.slice(i).entries()) {
          expect(k + 1).toBeLessThanOrEqual(quota.burst + ((to - from) / 1000) * quota.perSecond + 1e-6);
        }
      }
    }),
    { seed: SEED, numRuns: 50 },
  );
});

test(`whoever keeps to the pace is never refused (seed ${SEED})`, () => {
  const quotas = fc.record({ burst: fc.integer({ min: 1, max: 20 }), perSecond: fc.integer({ min: 1, max: 50 }) });
  fc.assert(
    fc.property(quotas, fc.integer({ min: 1, max: 500 }), (quota, times) => {
      const limit = createRateLimit(quota);
      const step = Math.ceil(1000 / quota.perSecond);
      for (let i = 0; i < times; i++) expect(limit.take('a', i * step)).toBe(true);
    }),
    { seed: SEED, numRuns: 50 },
  );
});
