import { describe, expect, test } from 'vitest';
import {
  type CreditEvidence,
  type CreditedMix,
  type CreditSource,
  traceCredit,
} from '../../src/valuation/trace-credit.ts';

const source = (member: number, round: number, share: number): CreditSource => ({
  member,
  round,
  share,
  isDifference: false,
});

/** Everybody mixes all three evenly in each of the rounds. */
function evenMixes(rounds: number): CreditedMix[] {
  return Array.from({ length: 3 * rounds }, (_, i) => {
    const [member, round] = [i % 3, Math.floor(i / 3)];
    return { member, round, sources: [0, 1, 2].map((each) => source(each, round, 1 / 3)) };
  });
}

const reports = (round: number, scores: (number | null)[]) =>
  [0, 1, 2].map((evaluator) => ({ evaluator, round, scores }));

const even: CreditEvidence = {
  members: 3,
  rounds: 2,
  mixes: evenMixes(2),
  adoptions: [],
  minimumReports: 1,
  reports: [...reports(0, [30, 60, 0]), ...reports(1, [3, 6, 0])],
};

describe('credit by the mixes', () => {
  test('where all mix all evenly is the sum of the scores, in every model', () => {
    const { models, network } = traceCredit(even);
    expect(models).toEqual([
      [33, 66, 0],
      [33, 66, 0],
      [33, 66, 0],
    ]);
    expect(network).toEqual([33, 66, 0]);
  });

  test('goes through a relay to who trained', () => {
    // 0 → 1 → 2: the last member never mixes what the first one made, and its model owes it all the same.
    const mixes: CreditedMix[] = [
      {
        member: 1,
        round: 0,
        sources: [source(0, 0, 0.5), source(1, 0, 0.5)],
      },
      { member: 2, round: 0, sources: [source(2, 0, 1)] },
      {
        member: 2,
        round: 1,
        sources: [source(1, 1, 0.5), source(2, 1, 0.5)],
      },
    ];
    const { models } = traceCredit({ ...even, mixes, reports: [{ evaluator: 1, round: 0, scores: [40, null, null] }] });
    expect(models).toEqual([null, null, [20, 0, 0]]);
  });

  test('of what clipping keeps out stays with the own base', () => {
    const mixes: CreditedMix[] = [
      ...evenMixes(1),
      { member: 0, round: 1, sources: [0, 1, 2].map((each) => source(each, 1, 0.1)) },
    ];
    const { models } = traceCredit({ ...even, mixes, reports: reports(0, [30, 60, 0]) });
    expect(models[0]).toEqual([30, 60, 0]);
  });

  test('of a late contribution is that of the base that it was trained from', () => {
    const late: CreditedMix = { member: 0, round: 1, sources: [source(1, 0, 1)] };
    const { models } = traceCredit({ ...even, mixes: [...evenMixes(1), late], reports: reports(0, [30, 60, 0]) });
    expect(models[0]).toEqual([0, 180, 0]);
  });

  test('of what was sent as differences is that of the mixer, and of the training', () => {
    const sparse: CreditedMix = { member: 0, round: 0, sources: [{ ...source(1, 0, 1), isDifference: true }] };
    const later: CreditedMix = { member: 0, round: 1, sources: [{ ...source(1, 1, 1), isDifference: true }] };
    const told = [0, 1].map((round) => ({ evaluator: 0, round, scores: [null, 5, null] }));
    // Nothing is known of the other's base of round 1, and nothing has to be.
    expect(traceCredit({ ...even, mixes: [sparse, later], reports: told }).models[0]).toEqual([0, 10, 0]);
  });

  test('is taken over with a base', () => {
    const mixes = evenMixes(2).filter(({ member, round }) => member !== 2 || round !== 1);
    const { models } = traceCredit({ ...even, mixes, adoptions: [{ member: 2, round: 2, from: 1 }] });
    expect(models[2]).toEqual(models[1]);
  });

  test('cannot be told where a mix is unknown, nor in what was made of it', () => {
    const mixes = evenMixes(2).filter(({ member, round }) => member !== 2 || round !== 0);
    expect(traceCredit({ ...even, mixes })).toEqual({ models: [null, null, null], network: [0, 0, 0] });
  });
});

describe("a training's worth", () => {
  test('is nothing that its member says, neither in its own model', () => {
    const boasting = even.reports.map((report) =>
      report.evaluator === 0 ? { ...report, scores: [1_000_000, ...report.scores.slice(1)] } : report,
    );
    expect(traceCredit({ ...even, reports: boasting })).toEqual(traceCredit(even));
    // The same report by another member counts.
    const praised = even.reports.map((report) => ({ ...report, scores: [1_000_000, ...report.scores.slice(1)] }));
    expect(traceCredit({ ...even, reports: praised })).not.toEqual(traceCredit(even));
  });

  test('is the median over reporters of unlike shares, per share', () => {
    const members = 4;
    const mixes = [0, 1, 2, 3].map((member): CreditedMix => {
      const share = [0.5, 0.25, 0.1, 0.2][member] ?? 0;
      return {
        member,
        round: 0,
        sources: [source(3, 0, share), source(member, 0, 1 - share)],
      };
    });
    const told = [50, 25, 9_000_000].map((score, evaluator) => ({
      evaluator,
      round: 0,
      scores: [null, null, null, score],
    }));
    const { models } = traceCredit({ members, rounds: 1, mixes, adoptions: [], reports: told, minimumReports: 3 });
    expect(models.map((credits) => credits?.[3])).toEqual([50, 25, 10, 100]);
  });

  test('is nothing where too few report, and their member has no score', () => {
    expect(traceCredit({ ...even, minimumReports: 2 })).toEqual(traceCredit(even));
    const { models, network } = traceCredit({ ...even, minimumReports: 3 });
    expect(network).toEqual([null, null, null]);
    expect(models[0]).toEqual([0, 0, 0]);
  });

  test('is nothing where nobody reports, or only by a share that is next to nothing', () => {
    expect(traceCredit({ ...even, reports: [] }).network).toEqual([null, null, null]);
    const mixes: CreditedMix[] = [
      {
        member: 0,
        round: 0,
        sources: [source(1, 0, 1e-6), source(0, 0, 1 - 1e-6)],
      },
    ];
    const { network } = traceCredit({
      ...even,
      rounds: 1,
      mixes,
      reports: [{ evaluator: 0, round: 0, scores: [0, 1, 0] }],
    });
    expect(network).toEqual([null, null, null]);
  });
});

test('the fixed-point scores of a model sum to its rounded total', () => {
  const { models } = traceCredit({ ...even, reports: [...reports(0, [1, 1, 1]), ...reports(1, [2, 0, 0])] });
  for (const credits of models) expect(credits?.reduce((sum, credit) => sum + credit, 0)).toBe(5);
});
