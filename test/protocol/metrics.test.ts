import { describe, expect, test } from 'vitest';
import { ZodError } from 'zod';
import { encodeCanonical } from '../../src/base/canonical.ts';
import { decodeMetrics, encodeMetrics, type MetricsDocument } from '../../src/protocol/metrics.ts';
import { subgroupTermsSchema } from '../../src/protocol/site-figures.ts';
import { digest, memberAccount, STUDY } from '../builders.ts';

const shared = {
  study: STUDY,
  round: 1,
  member: memberAccount(1),
  engine: { name: 'wasm', version: '1', reproducible: true },
  seedCommitment: digest('seed'),
  training: { loss: 0.5, accuracy: 0.75 },
  privacy: null,
  utilityMicros: 1,
};
const plain = { samples: 40, loss: 0.5, accuracy: 0.5, auc: 0.5 };
const bin = { samples: 40, predicted: 0.5, observed: 0.5 };
const calibration = { error: 0.1, brier: 0.4, bins: [bin, ...Array.from({ length: 9 }, () => null)] };
const female = { samples: 10, accuracy: 0.5, auc: null, calibrationError: 0.2, brier: 0.5 };
const current = (subgroup: object): MetricsDocument =>
  ({
    type: 'consilium/metrics/2',
    ...shared,
    scoreErrorMicros: 12,
    heldOut: { ...plain, calibration, subgroups: [subgroup] },
    common: null,
  }) as MetricsDocument;

describe('metrics', () => {
  test('of the version before read as they are, with nothing where they say nothing', () => {
    const first: MetricsDocument = { type: 'consilium/metrics/1', ...shared, heldOut: plain, common: plain };
    const read = decodeMetrics(encodeMetrics(first));
    const untold = { ...plain, calibration: null, subgroups: null };
    expect(read).toEqual({ ...first, scoreErrorMicros: null, heldOut: untold, common: untold });
  });

  test('of this version read as they were written', () => {
    const metrics = current({ by: 'sex', group: 'female', figures: female });
    expect(decodeMetrics(encodeMetrics(metrics))).toEqual(metrics);
  });

  test.each([
    ['a group of nine', { by: 'sex', group: 'female', figures: { ...female, samples: 9 } }],
    ['a group with a name of its own', { by: 'sex', group: 'Isolde Zwiebelmann', figures: null }],
    ['a group by something else', { by: 'postcode', group: 'unknown', figures: null }],
    ['a field more', { by: 'sex', group: 'female', figures: null, note: 'x' }],
  ])('with %s cannot be read', (_, subgroup) => {
    expect(() => decodeMetrics(encodeCanonical(current(subgroup)))).toThrow(ZodError);
  });

  test('of a version that nobody knows, or with fields of another version, cannot be read', () => {
    const { heldOut, common } = current(female);
    expect(() => decodeMetrics(encodeCanonical({ type: 'consilium/metrics/3', ...shared, heldOut, common }))).toThrow(
      ZodError,
    );
    expect(() => decodeMetrics(encodeCanonical({ type: 'consilium/metrics/1', ...shared, heldOut, common }))).toThrow(
      ZodError,
    );
  });
});

test.each([
  { sex: false, ageBounds: [] },
  { sex: true, ageBounds: [65, 40] },
  { sex: true, ageBounds: [0] },
])('a study cannot ask for %j', (terms) => {
  expect(subgroupTermsSchema.safeParse(terms).success).toBe(false);
});
