import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  ACTIVATION_RECORDS,
  type ForwardingCounters,
  forwardingScore,
  NO_ANSWERS,
  withAnswer,
} from '../../src/gossip/forwarding-score.ts';

const after = (answers: readonly ForwardingCounters[], from = NO_ANSWERS): ForwardingCounters =>
  answers.reduce(withAnswer, from);
const answer = fc.nat(64).chain((expected) => fc.record({ expected: fc.constant(expected), handed: fc.nat(expected) }));
const refusal = fc.integer({ min: ACTIVATION_RECORDS, max: 64 }).map((expected) => ({ expected, handed: 0 }));

describe('the score of a member', () => {
  test('is bad once it has passed on nothing for a while, whatever it did before', () => {
    const past = fc.array(answer, { maxLength: 100 });
    fc.assert(
      fc.property(past, fc.array(refusal, { minLength: 30, maxLength: 60 }), (answers, refusals) => {
        expect(forwardingScore(after(refusals, after(answers)))).toBeLessThan(0);
      }),
      { seed: 5, numRuns: 20_000 },
    );
  });

  test('falls below zero within 30 questions after a past as good as can be', () => {
    const best = after(Array.from({ length: 1000 }, () => ({ expected: 64, handed: 64 })));
    for (const expected of [ACTIVATION_RECORDS, 10, 64]) {
      let counters = best;
      let questions = 0;
      while (forwardingScore(counters) >= 0 && questions < 1000) {
        counters = withAnswer(counters, { expected, handed: 0 });
        questions += 1;
      }
      expect(questions).toBeLessThanOrEqual(30);
    }
  });

  test('is never bad while it passes on at least half', () => {
    const fair = answer.filter(({ expected, handed }) => handed * 2 >= expected);
    fc.assert(
      fc.property(fc.array(fair, { maxLength: 60 }), (answers) => {
        expect(forwardingScore(after(answers))).toBe(0);
      }),
      { seed: 6, numRuns: 10_000 },
    );
  });

  test('is not touched by questions about nothing', () => {
    const silent = after([{ expected: 10, handed: 0 }]);
    expect(
      after(
        Array.from({ length: 500 }, () => NO_ANSWERS),
        silent,
      ),
    ).toEqual(silent);
    expect(forwardingScore(after(Array.from({ length: 500 }, () => NO_ANSWERS)))).toBe(0);
  });

  test('has these parameters, which the properties above were shown for', () => {
    expect(forwardingScore({ expected: 4, handed: 0 })).toBe(-100);
    expect(forwardingScore({ expected: 3.9, handed: 0 })).toBe(0);
    expect(forwardingScore({ expected: 8, handed: 2 })).toBe(-50);
    expect(withAnswer({ expected: 10, handed: 10 }, { expected: 1, handed: 0 })).toEqual({ expected: 10, handed: 9 });
  });
});
