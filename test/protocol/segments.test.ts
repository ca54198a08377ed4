import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeSegment, joinSegments, rootOfDigests, segmentModel, segmentRange } from '../../src/protocol/segments.ts';

test('segments cover a model without gap or overlap, in sizes that differ by one at most', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 5000 }), fc.integer({ min: 1, max: 64 }), (parameters, wanted) => {
      const segments = Math.min(wanted, parameters);
      const ranges = Array.from({ length: segments }, (_, i) => segmentRange(parameters, segments, i));
      expect(ranges[0]?.start).toBe(0);
      expect(ranges.at(-1)?.end).toBe(parameters);
      for (const [i, range] of ranges.entries()) expect(range.start).toBe(i === 0 ? 0 : ranges[i - 1]?.end);
      const sizes = ranges.map(({ start, end }) => end - start);
      expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
    }),
    { seed: 2 },
  );
});

test('a model survives being cut and put together, bit for bit', () => {
  fc.assert(
    fc.property(fc.float32Array({ minLength: 8, maxLength: 200 }), (parameters) => {
      const { blobs } = segmentModel(parameters, 8);
      const joined = joinSegments(blobs.map(decodeSegment));
      expect(new Uint8Array(joined.buffer)).toEqual(new Uint8Array(parameters.slice().buffer));
    }),
    { seed: 3 },
  );
});

test('the digest of a model changes with any of its parameters, and is the root of its segment digests', () => {
  const parameters = Float32Array.from({ length: 100 }, (_, i) => i / 7);
  const { root, digests } = segmentModel(parameters, 8);
  expect(rootOfDigests(digests)).toBe(root);
  for (const i of [0, 50, 99]) {
    const changed = parameters.slice();
    changed[i] = (changed[i] ?? 0) + 1e-3;
    expect(segmentModel(changed, 8).root).not.toBe(root);
  }
});
