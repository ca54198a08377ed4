import { describe, expect, test } from 'vitest';
import { logOf } from '../../scripts/bench/gaming/score-reports.ts';
import type { LedgerEntry } from '../../src/protocol/ledger-entry.ts';
import { scoreReports } from '../../src/valuation/score-reports.ts';
import { studyScores } from '../../src/valuation/study-score.ts';
import { totalValuation, valuationRounds } from '../../src/web/auditor/valuation-rounds.ts';

const MEMBERS = 4;
/** Who says what of whom: `reports[round][evaluator][member]`; what one says of itself is not heard. */
const REPORTS = [
  [
    [99, 10, 20, 30],
    [1, 99, 22, 33],
    [2, 12, 99, 36],
    [3, 14, 26, 99],
  ],
  [
    [99, -5, 0, 7],
    [4, 99, 0, 9],
    [5, -7, 99, 11],
    [6, -9, 1, 99],
  ],
];

const totalOf = (log: readonly LedgerEntry[]) => totalValuation(valuationRounds(log, scoreReports(log)), MEMBERS);

describe('what was revealed of all rounds', () => {
  test('is summed for each evaluator and member, with the median of the sums and how far they are from it', () => {
    expect(totalOf(logOf(REPORTS))).toEqual({
      reports: [
        [null, 5, 20, 37],
        [5, null, 22, 42],
        [7, 5, null, 47],
        [9, 5, 27, null],
      ],
      rounds: [
        [0, 2, 2, 2],
        [2, 0, 2, 2],
        [2, 2, 0, 2],
        [2, 2, 2, 0],
      ],
      medians: [7, 5, 22, 42],
      disagreements: [2, 0, 2, 5],
    });
  });

  test('tells where a round is missing from a sum, which the sum of the rounds’ medians does not suffer from', () => {
    const log = logOf(REPORTS);
    const missing = log.slice(0, -1);
    const total = totalOf(missing);
    expect(total.reports[3]).toEqual([3, 14, 26, null]);
    expect(total.rounds[3]).toEqual([1, 1, 1, 0]);
    // Two others alone scored the first three members in the second round: that round has no median of them.
    expect([...studyScores(missing).total.values()]).toEqual([2, 12, 22, 42]);
  });

  test('is nothing of a log in which nobody was scored by three others', () => {
    const joined = logOf(REPORTS).filter(({ kind }) => kind === 'joined');
    expect(totalOf(joined)).toMatchObject({
      medians: [null, null, null, null],
      reports: Array(4).fill(Array(4).fill(null)),
    });
  });
});
