import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createSeededRandom } from '../../src/base/seeded-random.ts';
import { concatenate, type Dataset, subset } from '../../src/data/dataset.ts';
import { dirichletShares } from '../../src/data/dirichlet-shares.ts';
import type { DataSource } from '../../src/data/read-source.ts';
import { MIN_MEMBER_SAMPLES, splitFederation } from '../../src/data/split.ts';

/** A data set whose only input is the sample's own number, so that samples can be followed. */
function numbered(samples: number, classes: number, first = 0): Dataset {
  return {
    inputs: Float32Array.from({ length: samples }, (_, index) => first + index),
    labels: Uint8Array.from({ length: samples }, (_, index) => index % classes),
    samples,
    inputShape: [1],
    classes,
    classNames: Array.from({ length: classes }, (_, index) => `${index}`),
    inputScaling: { offset: [0], scale: [1] },
  };
}

const source = (samples: number, classes: number): DataSource => ({
  kind: 'wdbc',
  shared: numbered(samples, classes),
  test: null,
});
const classShare = ({ labels, samples }: Dataset, label: number) =>
  labels.filter((value) => value === label).length / samples;

test('every sample is in exactly one part, with its own label, and every member has enough', () => {
  const cases = fc.record({
    samples: fc.integer({ min: 120, max: 400 }),
    classes: fc.integer({ min: 2, max: 10 }),
    members: fc.integer({ min: 1, max: 10 }),
    alpha: fc.constantFrom(0.01, 0.1, 0.3, 1, 100, Infinity),
    seed: fc.string(),
  });
  fc.assert(
    fc.property(cases, ({ samples, classes, members, alpha, seed }) => {
      const { test: common, members: parts } = splitFederation(source(samples, classes), { members, alpha, seed });
      const all = [common, ...parts.flatMap(({ training, heldOut }) => [training, heldOut])];
      const seen = all.flatMap(({ inputs }) => [...inputs]).sort((a, b) => a - b);
      expect(seen).toEqual(Array.from({ length: samples }, (_, index) => index));
      for (const { inputs, labels } of all) {
        expect(inputs.every((input, position) => input % classes === labels[position])).toBe(true);
      }
      expect(parts).toHaveLength(members);
      for (const { training, heldOut } of parts) {
        expect(training.samples + heldOut.samples).toBeGreaterThanOrEqual(MIN_MEMBER_SAMPLES);
        expect(heldOut.samples).toBeGreaterThanOrEqual(3);
        expect(training.samples).toBeGreaterThanOrEqual(1);
      }
    }),
    { seed: 20261123, numRuns: 60 },
  );
});

test('the common test part is a stratified fifth', () => {
  const { test: common } = splitFederation(source(500, 4), { members: 5, alpha: 0.3, seed: '1' });
  expect(common.samples).toBe(100);
  for (const label of [0, 1, 2, 3]) expect(classShare(common, label)).toBe(0.25);
});

test('a source with its own test part keeps it, and shares all the rest', () => {
  const own = numbered(50, 2, 1000);
  const { test: common, members } = splitFederation(
    { ...source(300, 2), test: own },
    { members: 3, alpha: 1, seed: '1' },
  );
  expect(common).toBe(own);
  expect(members.reduce((sum, { training, heldOut }) => sum + training.samples + heldOut.samples, 0)).toBe(300);
});

test('held-out parts are stratified and about a fifth', () => {
  const { members } = splitFederation(source(1000, 2), { members: 2, alpha: Infinity, seed: '1' });
  for (const { training, heldOut } of members) {
    expect(heldOut.samples / (training.samples + heldOut.samples)).toBeCloseTo(0.2, 2);
    expect(classShare(heldOut, 0)).toBeCloseTo(classShare(training, 0), 2);
  }
});

test('the same options give the same split, another seed another', () => {
  const split = (seed: string) =>
    splitFederation(source(200, 2), { members: 4, alpha: 0.3, seed }).members.map(({ training }) => [
      ...training.inputs,
    ]);
  expect(split('1')).toEqual(split('1'));
  expect(split('1')).not.toEqual(split('2'));
});

test('without skew all members get the same mix', () => {
  const { members } = splitFederation(source(1000, 4), { members: 5, alpha: Infinity, seed: '1' });
  expect(members.map(({ training, heldOut }) => training.samples + heldOut.samples)).toEqual([160, 160, 160, 160, 160]);
  for (const { training } of members) expect(classShare(training, 2)).toBeCloseTo(0.25, 2);
});

test('proportions have the moments of a Dirichlet distribution', () => {
  const [members, alpha, size, draws] = [4, 0.5, 200, 1500];
  const random = createSeededRandom('moments');
  const labels = new Uint8Array(size);
  const samples = Array.from({ length: size }, (_, index) => index);
  const shares = Array.from({ length: draws }, () => {
    const dealt = dirichletShares(labels, samples, { members, alpha, minimum: 0 }, random);
    return (dealt[0] as number[]).length / size;
  });
  const mean = shares.reduce((sum, share) => sum + share, 0) / draws;
  const variance = shares.reduce((sum, share) => sum + (share - mean) ** 2, 0) / draws;
  // Of a Dirichlet-multinomial with k members and n samples: (1/k)(1 − 1/k)(n + kα) / (n (1 + kα)).
  const expected = (0.25 * 0.75 * (size + members * alpha)) / (size * (1 + members * alpha));
  expect(Math.abs(mean - 0.25)).toBeLessThan(4 * Math.sqrt(expected / draws));
  expect(Math.abs(variance / expected - 1)).toBeLessThan(0.12);
});

test('strong skew gives members other classes than no skew (control of the skew)', () => {
  const largest = (alpha: number) => {
    const { members } = splitFederation(source(1000, 5), { members: 5, alpha, seed: '7' });
    const shares = members.map(({ training }) =>
      Math.max(...[0, 1, 2, 3, 4].map((label) => classShare(training, label))),
    );
    return shares.reduce((sum, share) => sum + share, 0) / shares.length;
  };
  expect(largest(0.1)).toBeGreaterThan(0.6);
  expect(largest(Infinity)).toBeLessThan(0.22);
});

test.each([
  ['no members', { members: 0, alpha: 1 }],
  ['half a member', { members: 2.5, alpha: 1 }],
  ['more members than samples allow', { members: 21, alpha: 1 }],
  ['no concentration', { members: 2, alpha: 0 }],
  ['a concentration that is no number', { members: 2, alpha: Number.NaN }],
])('refuses %s', (_, options) => {
  expect(() => splitFederation(source(200, 2), { ...options, seed: '1' })).toThrow(
    expect.objectContaining({ code: 'data/impossible-split' }),
  );
});

test('as many members as possible each get the minimum', () => {
  const { members } = splitFederation(source(200, 2), { members: 20, alpha: 0.05, seed: '1' });
  for (const { training, heldOut } of members) expect(training.samples + heldOut.samples).toBe(8);
});

test('parts of a set put together again are the set', () => {
  const whole = numbered(10, 2);
  const again = concatenate(subset(whole, [0, 1, 2]), subset(whole, [3]), subset(whole, [4, 5, 6, 7, 8, 9]));
  expect(again).toEqual(whole);
});
