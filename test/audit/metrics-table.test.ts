import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type AuditSubject, keyOf } from '../../src/audit/audit-subject.ts';
import { checkMetrics } from '../../src/audit/check-metrics.ts';
import { tabulateMetrics } from '../../src/audit/metrics-table.ts';
import { openBundle } from '../../src/audit/read-bundle.ts';
import { writeBundle } from '../../src/audit/write-bundle.ts';
import type { Contribution } from '../../src/protocol/contribution.ts';
import { encodeMetrics, type Metrics, type MetricsDocument } from '../../src/protocol/metrics.ts';
import { groupsOf, type SubgroupTerms } from '../../src/protocol/site-figures.ts';
import { digest, memberAccount, STUDY } from '../builders.ts';
import { runCommand } from '../end-to-end/command.ts';
import { MEMBERS, ROUNDS, syntheticStudy } from './synthetic-study.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'consilium-metrics-'));
});
afterAll(() => rm(folder, { recursive: true }));

const bin = { samples: 40, predicted: 0.6, observed: 0.5 };
const calibration = { error: 0.1, brier: 0.4, bins: [bin, ...Array.from({ length: 9 }, () => null)] };
const plain = { samples: 40, loss: 0.5, accuracy: 0.75, auc: 0.8, calibration };

/** What checks say of a member that tells of some groups where the study asks for some. */
async function findingsOf(told: SubgroupTerms | null, asked: SubgroupTerms | undefined) {
  const subgroups = told === null ? null : groupsOf(told).map((group) => ({ ...group, figures: null }));
  const metrics: MetricsDocument = {
    type: 'consilium/metrics/2',
    study: STUDY,
    round: 0,
    member: memberAccount(1),
    engine: { name: 'none', version: '1', reproducible: true },
    seedCommitment: digest('seed'),
    training: null,
    privacy: null,
    heldOut: { ...plain, subgroups },
    common: null,
    utilityMicros: null,
    scoreErrorMicros: null,
  };
  const record = { member: metrics.member, round: 0, study: STUDY, metrics: digest('metrics') } as Contribution;
  const subject = {
    manifest: { subgroups: asked, valuation: { method: 'shapley' } },
    contributions: new Map([[keyOf(0, record.member), record]]),
    valuations: [],
    bundle: { document: async () => encodeMetrics(metrics) },
  } as unknown as AuditSubject;
  return (await checkMetrics(subject)).findings.map(({ code }) => code);
}

describe('groups that a member tells of', () => {
  const asked = { sex: true, ageBounds: [65] };

  test('are all that the study asks for, or none', async () => {
    expect(await findingsOf(asked, asked)).toEqual([]);
    expect(await findingsOf(null, asked)).toEqual([]);
    expect(await findingsOf(null, undefined)).toEqual([]);
  });

  test.each([
    ['that nobody asked for', asked, undefined],
    ['of which some are left out', { sex: true, ageBounds: [] }, asked],
    ['of other ages', { sex: true, ageBounds: [40] }, asked],
  ])('%s are a finding', async (_, told, terms) => {
    expect(await findingsOf(told, terms)).toEqual(['audit/metrics-mismatch']);
  });
});

describe('the table of metrics', () => {
  /** Member 2 tells of calibration in round 1. */
  const tell = (metrics: Metrics): MetricsDocument =>
    ({ ...metrics, heldOut: { ...plain, subgroups: null } }) as MetricsDocument;
  let path: string;
  beforeAll(async () => {
    const study = await syntheticStudy({ member: 2, round: 1, metrics: tell });
    path = join(folder, 'study.car');
    await writeBundle(path, study.evidence, study.manifest, async (name) => study.blobs.get(name) ?? null);
  });

  test('has what each site signed, round by round', async () => {
    const bundle = await openBundle(path);
    const { rows, findings } = await tabulateMetrics(bundle, null);
    await bundle.close();
    expect(findings).toEqual([]);
    expect(rows).toHaveLength(MEMBERS * (ROUNDS + 1));
    const told = rows.filter(({ calibrationError }) => calibrationError !== null);
    expect(told).toEqual([
      {
        round: 1,
        member: memberAccount(2),
        part: 'heldOut',
        by: null,
        group: null,
        samples: 40,
        loss: 0.5,
        accuracy: 0.75,
        auc: 0.8,
        calibrationError: 0.1,
        brier: 0.4,
      },
    ]);
  });

  test('is printed for people, and as CSV', async () => {
    const table = await runCommand('audit', 'metrics', path, '--round', '1');
    expect(table.code).toBe(0);
    expect(table.stdout).toMatch(
      new RegExp(`^${memberAccount(2)} +1 +held out +all +40 +0.750 +0.800 +0.100 +0.400$`, 'm'),
    );
    const last = await runCommand('audit', 'metrics', path);
    expect(last.stdout.match(/held out/g)).toHaveLength(MEMBERS);
    const csv = await runCommand('audit', 'metrics', path, '--csv');
    expect(csv.stdout.split('\r\n')[0]).toBe(
      'round,member,part,by,group,samples,loss,accuracy,auc,calibrationError,brier',
    );
    expect(csv.stdout).toContain(`1,${memberAccount(2)},heldOut,,,40,0.5,0.75,0.8,0.1,0.4`);
  });
});
