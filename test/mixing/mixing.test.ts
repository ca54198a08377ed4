import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { computeMix, type MixInput, mixCoalition } from '../../src/mixing/compute-mix.ts';
import { planMix, pullsOf } from '../../src/mixing/plan-mix.ts';
import { mixSegment, mixWeights } from '../../src/model/mix.ts';
import { joinSegments, rootOfDigests, segmentModel } from '../../src/protocol/segments.ts';
import { digest, memberAccount } from '../builders.ts';

const entries = [1, 2, 3, 4].map((n) => ({ member: memberAccount(n), round: 5, update: digest(`u${n}`) }));

describe('weights', () => {
  const rule = { weightShareCap: 0.5, discount: 0.5 };
  const fresh = (samples: number) => ({ samples, staleness: 0 });

  test('are shares of the samples', () => {
    expect(mixWeights([fresh(10), fresh(30), fresh(40)], { ...rule, weightShareCap: 1 })).toEqual([0.125, 0.375, 0.5]);
  });

  test('halve with each round of staleness at a discount of one half', () => {
    expect(mixWeights([fresh(10), { samples: 40, staleness: 2 }], { ...rule, weightShareCap: 1 })).toEqual([0.5, 0.5]);
  });

  test('never pass the cap, and always sum to one', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 1e6 }), { minLength: 1, maxLength: 20 }),
        fc.double({ min: 0.05, max: 1, noNaN: true }),
        (samples, cap) => {
          const weights = mixWeights(samples.map(fresh), { weightShareCap: cap, discount: 1 });
          expect(weights.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 9);
          expect(Math.max(...weights)).toBeLessThanOrEqual(Math.max(cap, 1 / samples.length) + 1e-12);
        },
      ),
      { seed: 5 },
    );
  });

  test('keep the proportions among those below the cap', () => {
    const [first, second, third] = mixWeights([fresh(1000), fresh(10), fresh(30)], rule);
    expect(first).toBe(0.5);
    expect((third ?? 0) / (second ?? 1)).toBeCloseTo(3, 12);
  });
});

describe('a mixed segment', () => {
  const base = Float32Array.of(0, 0);

  test('is the weighted mean', () => {
    const { mixed, scales } = mixSegment(base, [Float32Array.of(1, 2), Float32Array.of(3, -2)], [0.25, 0.75], 100);
    expect([...mixed]).toEqual([2.5, -1]);
    expect(scales).toEqual([1, 1]);
  });

  test('limits how far one source can pull, and leaves the others alone', () => {
    const honest = [Float32Array.of(1, 0), Float32Array.of(0, 1), Float32Array.of(1, 1)];
    const { mixed, scales } = mixSegment(base, [...honest, Float32Array.of(1e6, 0)], [0.25, 0.25, 0.25, 0.25], 3);
    expect(scales.slice(0, 3)).toEqual([1, 1, 1]);
    expect(scales[3]).toBeLessThan(1e-5);
    expect(Math.abs(mixed[0] ?? 0)).toBeLessThan(2);
    const unlimited = mixSegment(base, [...honest, Float32Array.of(1e6, 0)], [0.25, 0.25, 0.25, 0.25], 1e9);
    expect(unlimited.mixed[0]).toBeGreaterThan(1e5); // the control: without a bound the outlier wins
  });
});

describe('a plan', () => {
  const question = { member: memberAccount(2), round: 5, entries, segments: 16, pulls: 2 };

  test('always has the own contribution, and as many others as are to be pulled', () => {
    const { entries: sorted, sources } = planMix(question);
    const own = sorted.findIndex((entry) => entry.member === memberAccount(2));
    for (const segment of sources) {
      expect(segment).toContain(own);
      expect(segment).toHaveLength(3);
      expect(segment).toEqual(segment.toSorted((a, b) => a - b));
    }
    expect(new Set(sources.map(String)).size).toBeGreaterThan(1); // different peers for different segments
  });

  test('does not depend on the order in which contributions arrived', () => {
    expect(planMix({ ...question, entries: entries.toReversed() })).toEqual(planMix(question));
  });

  test('takes everybody where there are fewer others than pulls', () => {
    for (const sources of planMix({ ...question, pulls: 9 }).sources) expect(sources).toEqual([0, 1, 2, 3]);
  });

  test('pulls from more in the last round', () => {
    const terms = { rounds: 4, pulls: 2, finalPulls: 7 };
    expect([0, 2, 3].map((round) => pullsOf(terms, round))).toEqual([2, 2, 7]);
  });
});

describe('a whole mix', () => {
  const models = entries.map((_, n) =>
    segmentModel(
      Float32Array.from({ length: 20 }, (__, i) => Math.fround(Math.sqrt(i + n))),
      4,
    ),
  );
  const plan = planMix({ member: memberAccount(1), round: 5, entries, segments: 4, pulls: 3 });
  const vectors = plan.entries.map((entry) => models[entries.indexOf(entry)]);
  const input: MixInput = {
    manifest: {
      aggregation: { rule: 'clipped-mean', clipFactor: 3, weightShareCap: 0.5 },
      rounds: 10,
      staleness: { boundRounds: 3, discount: 0.5 },
    },
    round: 5,
    plan,
    samples: [10, 20, 30, 40],
    baseOf: async () => new Float32Array(5),
    segmentOf: async (entry, segment) => {
      const blob = vectors[entry]?.blobs[segment] ?? new Uint8Array();
      return new Float32Array(blob.slice().buffer);
    },
  };

  const mixAll = async (mix: MixInput) => {
    const parameters: Float32Array[] = [];
    const outcome = await computeMix(mix, async (segment) => void parameters.push(segment));
    return { ...outcome, parameters };
  };

  test('comes out the same every time, here and on every other machine', async () => {
    const outcome = await mixAll(input);
    expect(await mixAll(input)).toEqual(outcome);
    expect(rootOfDigests(outcome.steps.map(({ result }) => result))).toBe(outcome.result);
    expect(segmentModel(joinSegments(outcome.parameters), 4).root).toBe(outcome.result);
    // Recorded: a change here makes every earlier study unverifiable.
    expect(outcome.result).toBe('0x92de494f41456992ae8c0e5af11da672f32a3f11a2a924a1e9d1bb07b31bbdc5');
  });

  test('of everybody is the coalition of everybody, of nobody is the base', async () => {
    const each = [0, 1, 2, 3];
    expect(await mixCoalition(input, each)).toEqual((await mixAll(input)).parameters);
    expect(await mixCoalition(input, [])).toEqual(await Promise.all(each.map(input.baseOf)));
    expect(await mixCoalition(input, [2])).toEqual(
      await Promise.all(each.map((segment) => input.segmentOf(2, segment))),
    );
  });

  test('weighs a late contribution less', async () => {
    const late = { ...plan, entries: plan.entries.map((entry, i) => (i === 3 ? { ...entry, round: 4 } : entry)) };
    const weightOf = async (mix: MixInput): Promise<number> => (await mixAll(mix)).steps[0]?.weights[3] ?? 0;
    expect(await weightOf({ ...input, plan: late })).toBeLessThan(await weightOf(input));
  });
});
