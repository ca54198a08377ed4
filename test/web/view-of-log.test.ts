import { expect, test } from 'vitest';
import { logOf } from '../../scripts/bench/gaming/score-reports.ts';
import { createSeededRandom } from '../../src/base/seeded-random.ts';
import { evaluatorAgreements } from '../../src/valuation/agreement.ts';
import { studyRanks } from '../../src/valuation/study-ranks.ts';
import { medianMicros, medianOfSorted, studyScores } from '../../src/valuation/study-score.ts';
import { viewOfLog } from '../../src/web/auditor/view-of-log.ts';

const [ROUNDS, MEMBERS] = [20, 8];
const random = createSeededRandom('view of a log', 'test');
const places = (count: number): number[] => Array.from({ length: count }, (_, i) => i);
const log = logOf(
  places(ROUNDS).map(() => places(MEMBERS).map(() => places(MEMBERS).map(() => random.integer(2_000) - 1_000))),
);

test('a log is read with room for other work in between, and to the same scores, ranks and agreements', async () => {
  let turns = 0;
  const take = (): void => {
    turns += 1;
    other = setImmediate(take);
  };
  let other = setImmediate(take);
  const { members } = await viewOfLog(log, { rounds: ROUNDS, waiting: { quorum: 1 } });
  clearImmediate(other);
  expect(turns).toBeGreaterThanOrEqual(ROUNDS + MEMBERS);
  const { total } = studyScores(log);
  expect(members.map(({ account, scoreMicros }) => [account, scoreMicros])).toEqual([...total]);
  expect(members.map(({ rank }) => rank)).toEqual(studyRanks(log));
  expect(members.map(({ agreement }) => agreement)).toEqual(evaluatorAgreements(log));
});

test('the median without one value is that of the others', () => {
  for (const length of [1, 2, 3, 6, 7]) {
    const values = places(length).map(() => random.integer(10) - 5);
    const sorted = Float64Array.from(values).sort();
    expect(medianOfSorted(sorted)).toBe(medianMicros(values));
    for (const place of places(length)) {
      const others = [...sorted].filter((_, i) => i !== place);
      expect(medianOfSorted(sorted, place)).toBe(medianMicros(others));
    }
  }
});
