import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createTraceFinder } from '../../src/base/find-traces.ts';

const LENGTH = 6;
const traces = fc.array(fc.uint8Array({ minLength: LENGTH, maxLength: LENGTH }), { minLength: 1, maxLength: 20 });
/** Few different bytes, so that hashes and beginnings meet often. */
const text = fc.array(fc.nat(2), { maxLength: 300 }).map((bytes) => Uint8Array.from(bytes));
const plain = fc.array(fc.array(fc.nat(2), { minLength: LENGTH, maxLength: LENGTH }), { minLength: 1, maxLength: 20 });

test('what is there is found at its first place, and nothing else, as by comparing at every place', () => {
  const naive = (bytes: Uint8Array, all: readonly Uint8Array[]): number => {
    for (let at = 0; at + LENGTH <= bytes.length; at++) {
      if (all.some((trace) => Buffer.compare(trace, bytes.subarray(at, at + LENGTH)) === 0)) return at;
    }
    return -1;
  };
  fc.assert(
    fc.property(text, plain, (bytes, lists) => {
      const all = lists.map((list) => Uint8Array.from(list));
      expect(createTraceFinder(all).find(bytes)).toBe(naive(bytes, all));
    }),
  );
});

test('a piece is found wherever it stands among random bytes', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 500 }), traces, fc.uint8Array({ maxLength: 50 }), (before, all, after) => {
      const [piece] = all;
      const at = createTraceFinder(all).find(Buffer.concat([before, piece ?? new Uint8Array(), after]));
      expect(at).toBeGreaterThanOrEqual(0);
      expect(at).toBeLessThanOrEqual(before.length);
    }),
  );
});
