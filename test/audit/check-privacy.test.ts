import { describe, expect, test } from 'vitest';
import { type AuditSubject, keyOf } from '../../src/audit/audit-subject.ts';
import { checkPrivacy } from '../../src/audit/check-privacy.ts';
import { epsilonMicros, roundMechanism } from '../../src/privacy/round-mechanism.ts';
import type { Contribution } from '../../src/protocol/contribution.ts';
import type { Metrics } from '../../src/protocol/metrics.ts';
import type { PrivacyTerms } from '../../src/protocol/privacy-terms.ts';
import { digest, memberAccount } from '../builders.ts';

const TERMS = { unit: 'record', clipNorm: 1, noiseMultiplier: 1.5, batchSize: 20, stepsPerRound: 10 } as const;
const DELTA_PICOS = 1e8;
const member = memberAccount(1);
const mechanism = roundMechanism(TERMS, 200);
if (mechanism === null) throw new Error('no mechanism');
const cost = (steps: number): number => epsilonMicros([{ ...mechanism, steps }], DELTA_PICOS);

interface Told {
  readonly steps: number;
  readonly epsilonMicros: number;
  readonly stated?: Partial<NonNullable<Metrics['privacy']>> | null;
}

/** Two rounds and a closing record of one member, which tells what is given. */
function findingsOf(told: readonly Told[], terms: PrivacyTerms = TERMS) {
  const records = told.map(
    ({ epsilonMicros: epsilon }, round) =>
      ({
        member,
        round,
        samples: round === 2 ? 0 : 200,
        update: round === 2 ? `0x${'0'.repeat(64)}` : digest(`update ${round}`),
        epsilonMicros: epsilon,
      }) as Contribution,
  );
  const { noiseMultiplier, samplingRate } = mechanism as NonNullable<typeof mechanism>;
  const metrics = told.map(({ steps, stated }): [string, Metrics] => {
    const spend = { unit: 'record', adjacency: 'add-or-remove', noiseMultiplier, samplingRate, steps };
    return ['', { privacy: stated === null ? null : { ...spend, ...stated } } as Metrics];
  });
  const subject = {
    manifest: { privacy: terms, deltaBudgetPicos: DELTA_PICOS },
    contributions: new Map(records.map((record) => [keyOf(record.round, record.member), record])),
  } as unknown as AuditSubject;
  return checkPrivacy(subject, new Map(metrics.map(([, each], round) => [keyOf(round, member), each])));
}

const honest: Told[] = [
  { steps: 10, epsilonMicros: cost(10) },
  { steps: 20, epsilonMicros: cost(20) },
  { steps: 20, epsilonMicros: cost(20) },
];
const withLast = (last: Told): Told[] => [...honest.slice(0, 2), last];

describe('what a member states of its spending', () => {
  test('has no finding where it is what the manifest and its rounds cost', () => {
    expect(findingsOf(honest)).toEqual([]);
  });

  test('has none either where attempts that a crash ended were counted', () => {
    expect(findingsOf(withLast({ steps: 40, epsilonMicros: cost(40) }))).toEqual([]);
  });

  test.each<[string, Told[]]>([
    ['less ε than the steps cost', withLast({ steps: 20, epsilonMicros: cost(20) - 1 })],
    ['fewer steps than the rounds have', withLast({ steps: 19, epsilonMicros: cost(20) })],
    [
      'more noise than the manifest has',
      withLast({ steps: 20, epsilonMicros: cost(20), stated: { noiseMultiplier: 3 } }),
    ],
    [
      'another sampling rate than its samples give',
      withLast({ steps: 20, epsilonMicros: cost(20), stated: { samplingRate: 0.05 } }),
    ],
    ['nothing', withLast({ steps: 20, epsilonMicros: cost(20), stated: null })],
  ])('has a finding where it states %s', (_, told) => {
    expect(findingsOf(told).map(({ code, round }) => [code, round])).toEqual([['audit/privacy-understated', 2]]);
  });

  test('is not looked at in a study without a unit', () => {
    expect(findingsOf(withLast({ steps: 0, epsilonMicros: 0, stated: null }), { unit: 'none' })).toEqual([]);
  });
});
