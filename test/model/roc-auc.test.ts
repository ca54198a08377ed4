import fc from 'fast-check';
import { expect, test } from 'vitest';
import { classifierAuc, rocAuc } from '../../src/model/roc-auc.ts';

/** The definition: the share of (positive, negative) pairs in the right order, ties half. */
function pairwise(scores: readonly number[], positive: readonly boolean[]): number | null {
  let pairs = 0;
  let right = 0;
  for (const [i, mine] of scores.entries()) {
    for (const [j, other] of scores.entries()) {
      if (!positive[i] || positive[j]) continue;
      pairs++;
      right += mine > other ? 1 : mine === other ? 0.5 : 0;
    }
  }
  return pairs === 0 ? null : right / pairs;
}

test('the area is the share of pairs in the right order, ties half', () => {
  const sample = fc.tuple(fc.integer({ min: 0, max: 6 }), fc.boolean());
  fc.assert(
    fc.property(fc.array(sample, { maxLength: 40 }), (samples) => {
      const scores = samples.map(([score]) => score / 8);
      const positive = samples.map(([, isPositive]) => isPositive);
      const area = rocAuc(Float32Array.from(scores), (index) => positive[index] as boolean);
      expect(area ?? -1).toBeCloseTo(pairwise(scores, positive) ?? -1, 12);
    }),
    { seed: 20261123 },
  );
});

test('two classes are scored by the second, perfect order gives 1 and reversed order 0', () => {
  const probabilities = Float32Array.of(0.9, 0.1, 0.6, 0.4, 0.2, 0.8);
  expect(classifierAuc(probabilities, Uint8Array.of(0, 0, 1), 2)).toBe(1);
  expect(classifierAuc(probabilities, Uint8Array.of(1, 1, 0), 2)).toBe(0);
});

test('three classes are averaged, one against the rest', () => {
  const probabilities = Float32Array.of(0.8, 0.1, 0.1, 0.1, 0.3, 0.6, 0.2, 0.2, 0.6);
  // Class 0: perfect, 1. Class 1: 0.3 against 0.1 and 0.2, 1. Class 2: 0.6 against 0.1 and a tie, 0.75.
  expect(classifierAuc(probabilities, Uint8Array.of(0, 1, 2), 3)).toBeCloseTo((1 + 1 + 0.75) / 3, 12);
});

test('a missing class leaves nothing to say', () => {
  expect(classifierAuc(Float32Array.of(0.5, 0.5), Uint8Array.of(1), 2)).toBeNull();
  expect(classifierAuc(new Float32Array(6), Uint8Array.of(0, 1), 3)).toBeNull();
});
