import { expect, test } from 'vitest';
import { limitRate } from '../../src/http/limit-rate.ts';

test('a rate lets a burst through, then so many a second, and never makes up for more than a burst', () => {
  let now = 0;
  const mayGo = limitRate({ perSecond: 10, burst: 5 }, { now: () => now });
  const goes = (times: number): number => Array.from({ length: times }, mayGo).filter(Boolean).length;
  expect(goes(20)).toBe(5);
  now += 1000;
  expect(goes(20)).toBe(5);
  let through = 0;
  for (let i = 0; i < 1000; i++) {
    now += 10;
    through += goes(3);
  }
  expect(through).toBe(100);
  now += 1e9;
  expect(goes(20)).toBe(5);
});
