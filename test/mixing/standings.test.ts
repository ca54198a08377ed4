import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Hex } from '../../src/base/bytes.ts';
import { type HeardJudgement, hearJudgements, weighSuspicions } from '../../src/mixing/standings.ts';
import type { Standing } from '../../src/protocol/recipe.ts';

const TERMS = { attackers: 1, memory: 0.9 };
const member = (n: number): Hex => `0x${n}`;
const MEMBERS = [0, 1, 2, 3, 4].map(member);

/** Everybody says the same of everybody, itself included. */
function judgements(scoreOf: (judge: number, judged: number) => number): HeardJudgement[] {
  return MEMBERS.map((judge, i) => ({ judge, scores: new Map(MEMBERS.map((judged, j) => [judged, scoreOf(i, j)])) }));
}

const microsOf = (standings: readonly Standing[], n: number): number | undefined =>
  standings.find((standing) => standing.member === member(n))?.micros;

describe('standings', () => {
  test('a first judgement weighs a fifth, as if four neutral ones had come before', () => {
    const standings = hearJudgements(
      [],
      judgements(() => -500),
      TERMS,
    );
    expect(standings).toEqual(
      MEMBERS.map((name) => ({ member: name, micros: -100_000, approval: -100_000, heard: 1 })),
    );
  });

  test('come to what is said again and again, and not past it', () => {
    let standings: Standing[] = [];
    for (let round = 0; round < 100; round++)
      standings = hearJudgements(
        standings,
        judgements(() => -500),
        TERMS,
      );
    expect(microsOf(standings, 0)).toBeCloseTo(-500_000, -2);
  });

  test('what a member says of itself does not count', () => {
    const standings = hearJudgements(
      [],
      judgements((i, j) => (i === j ? 1_000 : -500)),
      TERMS,
    );
    expect(microsOf(standings, 2)).toBe(-100_000);
  });

  test('one liar moves nobody beyond what the honest say', () => {
    const score = fc.integer({ min: -1_000, max: 1_000 });
    const table = fc.array(score, { minLength: 25, maxLength: 25 });
    fc.assert(
      fc.property(table, score, (said, lie) => {
        const scoreOf = (i: number, j: number): number => (i === 4 ? lie : (said[5 * i + j] ?? 0));
        const standings = hearJudgements([], judgements(scoreOf), TERMS);
        for (const j of [0, 1, 2, 3]) {
          const honest = [0, 1, 2, 3].filter((i) => i !== j).map((i) => 200 * scoreOf(i, j));
          expect(microsOf(standings, j)).toBeGreaterThanOrEqual(Math.min(...honest) - 1);
          expect(microsOf(standings, j)).toBeLessThanOrEqual(Math.max(...honest) + 1);
        }
      }),
    );
  });

  test('a member that no more judge than may be attackers on either side stays where it was', () => {
    const before = [{ member: member(0), micros: 12_345, approval: 1_234, heard: 7 }];
    const two = judgements(() => -1_000).slice(1, 3);
    expect(hearJudgements(before, two, TERMS)[0]).toEqual(before[0]);
    expect(hearJudgements([], two, TERMS)).toEqual([]);
  });

  test('are ascending by account, whatever the order of the judgements', () => {
    const said = judgements((i, j) => 100 * i - 50 * j);
    const standings = hearJudgements([], said, TERMS);
    expect(hearJudgements([], said.toReversed(), TERMS)).toEqual(standings);
    expect(standings.map((standing) => standing.member)).toEqual(MEMBERS);
  });

  test('approval is what the one who thinks least of a member says, and never more than the standing', () => {
    const standings = hearJudgements(
      [],
      judgements((i, j) => (j === 2 && i === 4 ? -200 : 900)),
      TERMS,
    );
    const approvals = standings.map(({ approval }) => approval);
    expect(approvals).toEqual([180_000, 180_000, -40_000, 180_000, 180_000]);
    expect(microsOf(standings, 2)).toBe(180_000); // one alone cannot slander
  });

  test('one alone can withhold approval, and f liars together can give none that an honest one withholds', () => {
    const score = fc.integer({ min: -1_000, max: 1_000 });
    fc.assert(
      fc.property(fc.array(score, { minLength: 25, maxLength: 25 }), score, (said, lie) => {
        const scoreOf = (i: number, j: number): number => (i === 4 ? lie : (said[5 * i + j] ?? 0));
        for (const { member: name, approval } of hearJudgements([], judgements(scoreOf), TERMS)) {
          const j = MEMBERS.indexOf(name);
          const honest = [0, 1, 2, 3].filter((i) => i !== j).map((i) => 200 * scoreOf(i, j));
          expect(approval).toBeLessThanOrEqual(Math.min(...honest) + 1);
        }
      }),
    );
  });

  test('cast out who stands below the bound, trust whom all approve of, and leave all others as they are', () => {
    const standings = [
      { member: member(0), micros: -150_001, approval: -900_000, heard: 3 },
      { member: member(1), micros: -150_000, approval: -900_000, heard: 3 },
      { member: member(2), micros: 900_000, approval: 300_001, heard: 3 },
      { member: member(3), micros: 900_000, approval: 300_000, heard: 3 },
    ];
    const entries = MEMBERS.map((name) => ({ member: name }));
    const bounds = { lowestStanding: -0.15, leastApproval: 0.3 };
    const weighed = weighSuspicions([0, 1.5, 2, 3, 4], entries, standings, bounds);
    expect(weighed).toEqual([Number.POSITIVE_INFINITY, 1.5, Number.NEGATIVE_INFINITY, 3, 4]);
  });
});
