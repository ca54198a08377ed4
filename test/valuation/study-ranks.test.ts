import { describe, expect, test } from 'vitest';
import { logOf, type Reports } from '../../scripts/bench/gaming/score-reports.ts';
import { createSeededRandom } from '../../src/base/seeded-random.ts';
import { studyRanks } from '../../src/valuation/study-ranks.ts';

const ranksOf = (reports: Reports) => studyRanks(logOf(reports));
const rangeOf = (reports: Reports): (string | null)[] =>
  ranksOf(reports).map((rank) => rank && `${rank.rank} ${rank.best}–${rank.worst}`);

/** Rounds in which everybody says the same of everybody. */
const agreed = (scores: readonly number[], rounds = 1): Reports =>
  Array.from({ length: rounds }, () => scores.map(() => scores));

/** Reports of members whose worths differ, and whose evaluators do not agree. */
function noisy(seed: string, members: number, rounds: number): number[][][] {
  const random = createSeededRandom(seed);
  const all = Array.from({ length: members }, (_, i) => i);
  const report = (): number[] => all.map((member) => 20 * member + random.integer(200));
  return Array.from({ length: rounds }, () => all.map(report));
}

describe('ranks of members', () => {
  test('are sure where all evaluators say the same, and there are six of them who are neither', () => {
    expect(rangeOf(agreed([80, 70, 60, 50, 40, 30, 20, 10]))).toEqual(
      [1, 2, 3, 4, 5, 6, 7, 8].map((rank) => `${rank} ${rank}–${rank}`),
    );
    expect(rangeOf(agreed([70, 60, 50, 40, 30, 20, 10], 9))).toEqual(
      [1, 2, 3, 4, 5, 6, 7].map((rank) => `${rank} 1–7`), // five say so, however often
    );
  });

  test('leave open what evaluators do not agree on', () => {
    const reports = agreed([80, 70, 60, 50, 40, 30, 20, 10]).map((ofRound) =>
      ofRound.map((scores, evaluator) => (evaluator === 7 ? [70, 80, 60, 50, 40, 30, 20, 10] : scores)),
    );
    expect(rangeOf(reports).slice(0, 3)).toEqual(['1 1–2', '2 1–2', '3 3–3']);
  });

  test('are shared by who is worth the same, and by three of whom each is ahead of another', () => {
    expect(ranksOf(agreed([20, 20, 10, 0, 0])).map((rank) => rank?.rank)).toEqual([1, 1, 3, 4, 4]);
    // Of those who are neither, most say 0 before 1, 1 before 2, and 2 before 0; the other two are before all three.
    const says = [
      [0, 2, 1, 9, 9],
      [1, 0, 2, 9, 9],
      [2, 1, 0, 9, 9],
    ];
    const circle = [0, 1, 2, 3, 4].map((evaluator) => says[evaluator % 3] ?? []);
    expect(ranksOf([circle]).map((rank) => rank?.rank)).toEqual([4, 4, 4, 1, 1]);
  });

  test('are nobody’s where fewer than three scored the same two', () => {
    expect(ranksOf(agreed([3, 2, 1, 0]))).toEqual([null, null, null, null]);
  });

  test('are not touched by anything that the member itself reports, which moves others', () => {
    let moved = 0;
    for (let study = 0; study < 20; study++) {
      const reports = noisy(`study ${study}`, 8, 3);
      const honest = ranksOf(reports);
      for (let liar = 0; liar < 8; liar++) {
        const random = createSeededRandom(`lie ${study} ${liar}`);
        const lying = reports.map((ofRound) =>
          ofRound.with(
            liar,
            ofRound.map(() => random.integer(20_000) - 10_000),
          ),
        );
        const after = ranksOf(lying);
        expect(after[liar]).toEqual(honest[liar]);
        moved += after.filter((rank, m) => rank?.rank !== honest[m]?.rank).length;
      }
    }
    expect(moved).toBeGreaterThan(0);
  });
});
