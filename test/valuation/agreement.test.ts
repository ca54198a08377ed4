import { describe, expect, test } from 'vitest';
import { createSeededRandom } from '../../src/base/seeded-random.ts';
import type { LedgerEntry } from '../../src/protocol/ledger-entry.ts';
import { packScores } from '../../src/protocol/valuation.ts';
import { evaluatorAgreements } from '../../src/valuation/agreement.ts';
import { digest, memberAccount, STUDY } from '../builders.ts';

const MEMBERS = 7;
const ROUNDS = 12;
const place = { head: digest('h'), blockNumber: 0, transaction: digest('t'), sequence: 0 };
const positions = Array.from({ length: MEMBERS }, (_, p) => p);

/** Everybody measures the same round worths with some error; the last member reports what `lie` makes of its own measurements. */
function logOf(lie: (measured: number[], random: () => number) => number[]): LedgerEntry[] {
  const random = createSeededRandom('agreement', 'test');
  const joined = positions.map((position): LedgerEntry => {
    const record = {
      study: STUDY,
      member: memberAccount(position),
      position,
      firstRound: 0,
      dataCommitment: digest('d'),
    };
    return { ...place, kind: 'joined', record };
  });
  const reports = Array.from({ length: ROUNDS }, (_, round) => {
    const worth = positions.map(() => 1000 * random.next());
    return positions.map((evaluator): LedgerEntry => {
      const measured = worth.map((value) => Math.round(value + 200 * random.next()));
      const scores = packScores(evaluator === MEMBERS - 1 ? lie(measured, () => random.next()) : measured);
      return {
        ...place,
        kind: 'valuation',
        record: { study: STUDY, round, evaluator: memberAccount(evaluator), scores, salt: digest('s') },
      };
    });
  }).flat();
  return [...joined, ...reports];
}

const liar = (lie: Parameters<typeof logOf>[0]): number | null => evaluatorAgreements(logOf(lie)).at(-1) ?? null;

describe("an evaluator's agreement with the others", () => {
  test('is high for all who report what they measure', () => {
    for (const agreement of evaluatorAgreements(logOf((measured) => measured))) expect(agreement).toBeGreaterThan(0.7);
  });

  test.each([
    ['the same of everybody', () => positions.map(() => 500)],
    ['always the same order', () => positions.map((p) => 100 * p)],
    ['anything', (_: number[], random: () => number) => positions.map(() => Math.round(1000 * random()))],
  ])('is about nothing for who reports %s', (_name, lie) => {
    expect(Math.abs(liar(lie) ?? 1)).toBeLessThan(0.2);
  });

  test('is below zero for who reports the opposite, and does not change what the others have', () => {
    const log = logOf((measured) => measured.map((value) => 1000 - value));
    expect(evaluatorAgreements(log).at(-1)).toBeLessThan(-0.7);
    for (const agreement of evaluatorAgreements(log).slice(0, -1)) expect(agreement).toBeGreaterThan(0.7);
  });

  test('is none where there is nobody to compare with', () => {
    expect(evaluatorAgreements(logOf((m) => m).slice(0, MEMBERS + 1))).toEqual(positions.map(() => null));
  });
});
