import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { LedgerEntry } from '../../src/protocol/ledger-entry.ts';
import { packScores } from '../../src/protocol/valuation.ts';
import { toMicros } from '../../src/valuation/fixed-point.ts';
import { medianMicros, studyScores } from '../../src/valuation/study-score.ts';
import { digest, memberAccount, STUDY } from '../builders.ts';

test('fixed point keeps the sum to the last unit', () => {
  const value = fc.double({ min: -5, max: 5, noNaN: true });
  fc.assert(
    fc.property(fc.array(value, { minLength: 1, maxLength: 16 }), (values) => {
      const total = values.reduce((a, b) => a + b, 0);
      const { micros, totalMicros } = toMicros(values, total);
      expect(micros.reduce((a, b) => a + b, 0)).toBe(totalMicros);
      for (const [i, exact] of values.entries())
        expect(Math.abs((micros[i] ?? 0) - exact * 1e6)).toBeLessThanOrEqual(2);
    }),
    { seed: 6 },
  );
});

test('medians are integers, the lower side of the middle where there are two', () => {
  expect(medianMicros([3, 1, 2])).toBe(2);
  expect(medianMicros([1, 2])).toBe(1);
  expect(medianMicros([-1, -2])).toBe(-2);
  expect(medianMicros([])).toBe(0);
});

const memberAccounts = (...members: number[]) => members.map(memberAccount);

describe('the score of a study', () => {
  const place = { head: digest('h'), blockNumber: 0, transaction: digest('t') };
  const joined = [1, 2, 3, 4].map(
    (n, position): LedgerEntry => ({
      ...place,
      kind: 'joined',
      sequence: n,
      record: { study: STUDY, member: memberAccount(n), position, firstRound: 0, dataCommitment: digest('d') },
    }),
  );
  const report = (n: number, round: number, scores: (number | null)[]): LedgerEntry => ({
    ...place,
    kind: 'valuation',
    sequence: 10 * n + round,
    record: { study: STUDY, round, evaluator: memberAccount(n), scores: packScores(scores), salt: digest('s') },
  });

  test('is the sum over rounds of the median of what the others report', () => {
    const log = [
      ...joined,
      report(1, 0, [9, 10, 20, 30]),
      report(2, 0, [1, 9, 22, 31]),
      report(3, 0, [3, 12, 9, 29]),
      report(4, 0, [2, 11, null, 99]),
      report(1, 1, [9, 5, null, null]),
      report(3, 1, [null, 7, 9, null]),
      report(4, 1, [null, -7, 9, 9]),
    ];
    const { total, byRound } = studyScores(log);
    expect(byRound.get(0)?.get(memberAccount(1))).toBe(2);
    expect(total.get(memberAccount(2))).toBe(11 + 5);
    expect(total.get(memberAccount(4))).toBe(30);
  });

  test('is none where fewer than three others report, and only there', () => {
    const log = [
      ...joined,
      report(1, 0, [9, 10, 20, null]),
      report(2, 0, [1, 9, 22, null]),
      report(4, 0, [2, 11, 23, 99]),
      report(1, 1, [9, 5, 8, 3]),
      report(4, 1, [9, 5, 8, 3]),
    ];
    const { total, byRound } = studyScores(log);
    expect(byRound.get(0)?.get(memberAccount(1))).toBeNull();
    expect(byRound.get(0)?.get(memberAccount(3))).toBe(22);
    expect(byRound.get(0)?.has(memberAccount(4))).toBe(false);
    expect(memberAccounts(1, 2, 3, 4).map((account) => total.get(account))).toEqual([null, null, 22, null]);
  });

  test('hears a member whose account was replaced once a round, and strangers not at all', () => {
    const again: LedgerEntry = {
      ...place,
      kind: 'joined',
      sequence: 5,
      record: { study: STUDY, member: memberAccount(9), position: 0, firstRound: 0, dataCommitment: digest('d') },
    };
    const said = [report(1, 0, [null, 1, 1, 1]), report(9, 0, [null, 9, 9, 9]), report(3, 0, [1, 2, null, 1])];
    const log = [...joined, again, ...said, report(7, 0, [5, 5, 5, 5]), report(4, 0, [1, 3, 1, null])];
    expect(studyScores(log).byRound.get(0)?.get(memberAccount(2))).toBe(2);
  });

  test('ignores what a member says of itself', () => {
    const others = [report(2, 0, [1, 0, 1, 1]), report(3, 0, [2, 1, 0, 1]), report(4, 0, [3, 1, 1, 0])];
    const honest = studyScores([...joined, report(1, 0, [0, 1, 1, 1]), ...others]).total;
    expect(honest.get(memberAccount(1))).toBe(2);
    expect(studyScores([...joined, report(1, 0, [2_000_000, 1, 1, 1]), ...others]).total).toEqual(honest);
  });

  test('knows every participant, scored or not', () => {
    expect([...studyScores(joined).total.values()]).toEqual([null, null, null, null]);
  });
});
