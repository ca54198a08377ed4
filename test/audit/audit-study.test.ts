import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type AuditReport, auditStudy } from '../../src/audit/audit-study.ts';
import type { Evidence } from '../../src/audit/evidence.ts';
import { flipBitOfSegment } from '../../src/audit/flip-bit.ts';
import { openBundle } from '../../src/audit/read-bundle.ts';
import { inBundleOrder } from '../../src/audit/record-order.ts';
import { writeBundle } from '../../src/audit/write-bundle.ts';
import type { Hex } from '../../src/base/bytes.ts';
import type { LedgerReader } from '../../src/ledger/ledger.ts';
import { checkpointDigest } from '../../src/protocol/checkpoint.ts';
import type { Recipe } from '../../src/protocol/recipe.ts';
import { rootOfDigests } from '../../src/protocol/segments.ts';
import { contributionDigest, signDigest } from '../../src/protocol/signature.ts';
import { packScores } from '../../src/protocol/valuation.ts';
import { contribution, DOMAIN, digest, memberAccount, memberKey } from '../builders.ts';
import { type Adoption, type Cheat, MEMBERS, ROUNDS, type SyntheticStudy, syntheticStudy } from './synthetic-study.ts';

let folder: string;
let honest: SyntheticStudy;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'consilium-audit-'));
  honest = await syntheticStudy();
});
afterAll(() => rm(folder, { recursive: true }));

interface Change {
  readonly study?: SyntheticStudy;
  readonly evidence?: (evidence: Evidence) => Evidence;
  readonly without?: Hex;
  readonly offline?: boolean;
  readonly ledger?: LedgerReader;
}

let files = 0;
async function bundleOf({ study = honest, evidence, without }: Change): Promise<string> {
  const path = join(folder, `${files++}.car`);
  const read = async (name: Hex) => (name === without ? null : (study.blobs.get(name) ?? null));
  await writeBundle(path, evidence?.(study.evidence) ?? study.evidence, study.manifest, read);
  return path;
}

async function audit(change: Change = {}, path?: string): Promise<AuditReport> {
  const bundle = await openBundle(path ?? (await bundleOf(change)));
  try {
    const ledger = change.ledger ?? (change.study ?? honest).ledger;
    return await auditStudy(bundle, { ledger: change.offline === true ? null : ledger });
  } finally {
    await bundle.close();
  }
}

describe('an honest study', () => {
  test('has no finding, and every mix was repeated', async () => {
    const report = await audit();
    expect(report.findings).toEqual([]);
    expect(report.notices).toEqual([]);
    expect(report.records).toEqual({
      contributions: MEMBERS * ROUNDS,
      closings: MEMBERS,
      anchored: MEMBERS * ROUNDS,
      valuations: MEMBERS * ROUNDS,
      mixesReplayed: MEMBERS * ROUNDS,
    });
    expect(report.members.map(({ samples, scoreMicros }) => [samples, scoreMicros])).toEqual([
      [10, 30],
      [20, 60],
      [30, 90],
      [40, 120],
    ]);
  });

  test('can be audited without a chain, and the report says so', async () => {
    const report = await audit({ offline: true });
    expect([report.findings, report.chainRead]).toEqual([[], false]);
  });
});

test('what members signed last and nobody recorded is a notice for each, not a finding', async () => {
  const closing = honest.evidence.log.findIndex(
    (entry) => entry.kind === 'contribution' && entry.record.round === ROUNDS,
  );
  const { findings, notices } = await audit({
    offline: true,
    evidence: (e) => inBundleOrder({ ...e, log: e.log.slice(0, closing) }),
  });
  expect(findings).toEqual([]);
  expect(notices.filter(({ message }) => message.includes('went away before it was recorded'))).toHaveLength(MEMBERS);
});

describe('evidence that was tampered with', () => {
  const victim = { member: memberAccount(3), round: 1 };
  const victimOf = ({ announcements }: Evidence) =>
    announcements.find(
      ({ record }) => record.member === victim.member && record.round === victim.round,
    ) as Evidence['announcements'][number];

  test('one bit of one segment: named by member, round and segment', async () => {
    const clean = await bundleOf({});
    const copy = join(folder, 'flipped.car');
    expect(await flipBitOfSegment(clean, copy, victimOf(honest.evidence).segments[2] ?? '0x')).toBe(true);
    const { findings } = await audit({}, copy);
    expect(findings[0]).toMatchObject({ code: 'audit/block-damaged', ...victim, segment: 2 });
    expect(Buffer.compare(await readFile(clean), await readFile(copy))).not.toBe(0);
  });

  const cases: [string, Change, string, object][] = [
    [
      'a record left out',
      { evidence: (e) => ({ ...e, announcements: e.announcements.filter((a) => a !== victimOf(e)) }) },
      'audit/record-missing',
      victim,
    ],
    [
      'a record edited',
      {
        evidence: (e) => ({
          ...e,
          announcements: e.announcements.map((a) =>
            a === victimOf(e) ? { ...a, record: { ...a.record, samples: 9999 } } : a,
          ),
        }),
      },
      'audit/record-missing',
      victim,
    ],
    [
      "another member's signature",
      {
        evidence: (e) => ({
          ...e,
          announcements: e.announcements.map((a) =>
            a === victimOf(e) ? { ...a, signature: e.announcements[0]?.signature ?? a.signature } : a,
          ),
        }),
      },
      'audit/signature-wrong',
      victim,
    ],
    [
      'segments swapped',
      {
        evidence: (e) => ({
          ...e,
          announcements: e.announcements.map((a) =>
            a === victimOf(e) ? { ...a, segments: a.segments.toReversed() } : a,
          ),
        }),
      },
      'audit/segments-mismatch',
      victim,
    ],
    [
      'a contribution that was never recorded',
      {
        evidence: (e) => ({
          ...e,
          announcements: [
            ...e.announcements,
            { ...victimOf(e), record: { ...victimOf(e).record, member: memberAccount(9) } },
          ],
        }),
      },
      'audit/record-not-anchored',
      { member: memberAccount(9) },
    ],
    [
      'an initial model of another study',
      { evidence: (e) => ({ ...e, initialModel: e.initialModel.toReversed() }) },
      'audit/initial-model-mismatch',
      {},
    ],
    [
      'a log entry edited, where the chain still has the true one',
      {
        evidence: (e) => ({
          ...e,
          log: e.log.map((entry) => (entry.sequence === 5 ? { ...entry, head: digest('x') } : entry)),
        }),
      },
      'audit/log-differs',
      { sequence: 5 },
    ],
    [
      'a log entry left out, offline',
      { offline: true, evidence: (e) => ({ ...e, log: e.log.toSpliced(6, 1) }) },
      'audit/log-broken',
      { sequence: 6 },
    ],
    [
      'a score edited, offline',
      {
        offline: true,
        evidence: (e) => ({
          ...e,
          log: e.log.map((entry) =>
            entry.kind === 'valuation' && entry.record.round === 0
              ? { ...entry, record: { ...entry.record, scores: packScores([1, 2, 3, 2 ** 30]) } }
              : entry,
          ),
        }),
      },
      'audit/log-broken',
      {},
    ],
  ];
  test.each(cases)('%s', async (_what, change, code, place) => {
    const { findings } = await audit(change);
    expect(findings).toContainEqual(expect.objectContaining({ code, ...place }));
  });

  test('a recipe, metrics or segment missing', async () => {
    const { record, segments } = victimOf(honest.evidence);
    const codes = async (without: Hex | undefined) =>
      (await audit(without === undefined ? {} : { without })).findings.map((f) => f.code);
    expect(await codes(record.recipe)).toContain('audit/recipe-missing');
    expect(await codes(record.metrics)).toContain('audit/metrics-missing');
    expect(await codes(segments[0])).toContain('audit/mix-not-replayable');
  });
});

describe('a ledger that lies', () => {
  const lying = (change: Partial<LedgerReader>): Change => ({ ledger: { ...honest.ledger, ...change } });

  test('by leaving out an entry is found at its place', async () => {
    const { findings } = await audit(
      lying({ entries: async (study, from) => (await honest.ledger.entries(study, from)).toSpliced(8, 1) }),
    );
    expect(findings[0]).toMatchObject({ code: 'audit/log-broken', sequence: 8 });
  });

  test('by cutting off the end is found out by the head', async () => {
    const { findings } = await audit(
      lying({ entries: async (study, from) => (await honest.ledger.entries(study, from)).slice(0, -1) }),
    );
    expect(findings.map((finding) => finding.code)).toContain('audit/log-broken');
  });

  test('of another contract is refused', async () => {
    const other = lying({ domain: { ...honest.ledger.domain, chainId: 1 } });
    await expect(audit(other)).rejects.toThrow(expect.objectContaining({ code: 'audit/bundle-of-another-contract' }));
  });
});

describe('a history that was rewritten', () => {
  const [first] = [1].map((n) => memberAccount(n));
  const another = async () => {
    const record = { study: honest.evidence.study, round: 0, head: `0x${'ab'.repeat(27)}0100000005` as Hex };
    return { record, member: memberAccount(1), signature: signDigest(memberKey(1), checkpointDigest(DOMAIN, record)) };
  };

  test('is proven by a head that a member signed before', async () => {
    const checkpoint = await another();
    const { findings } = await audit({
      evidence: (e) => inBundleOrder({ ...e, checkpoints: [...e.checkpoints, checkpoint] }),
    });
    expect(findings).toMatchObject([{ code: 'audit/history-rewritten', member: first, round: 0, sequence: 4 }]);
  });

  test('is not proven by a head that nobody signed', async () => {
    const checkpoint = await another();
    const forged = { ...checkpoint, member: memberAccount(2) };
    const { findings } = await audit({ evidence: (e) => ({ ...e, checkpoints: [forged] }) });
    expect(findings).toMatchObject([{ code: 'audit/signature-wrong', member: memberAccount(2) }]);
  });
});

test('two contributions of one member for one round, shown on the ledger, are a finding', async () => {
  const study = await syntheticStudy();
  const signed = [5, 6].map((samples) => {
    const record = contribution({ study: study.evidence.study, member: memberAccount(2), samples });
    return { record, signature: signDigest(memberKey(2), contributionDigest(DOMAIN, record)) };
  });
  const [one, other] = signed as [(typeof signed)[0], (typeof signed)[0]];
  await study.ledger.as(memberAccount(1)).reportEquivocation(one, other);
  const { findings } = await audit({ study });
  expect(findings).toMatchObject([{ code: 'audit/equivocation', member: memberAccount(2), round: 0 }]);
});

/** A member that signs and records what is not true: everything is consistent but the replay. */
describe('a member that goes on from the base of another', () => {
  const adoption = { member: 3, from: 1, round: 1 };
  const findingsOf = async (change: Partial<Adoption>) => {
    const { findings } = await audit({ study: await syntheticStudy(undefined, { ...adoption, ...change }) });
    return findings.filter(({ code }) => code !== 'audit/block-damaged');
  };

  test('is in order if it has nothing of its own to mix; every mix is replayed', async () => {
    const report = await audit({ study: await syntheticStudy(undefined, adoption) });
    expect(report.findings).toEqual([]);
    expect(report.records.mixesReplayed).toBe(MEMBERS * ROUNDS - 2); // one was never signed, one taken over
    expect(report.notices).toContainEqual(
      expect.objectContaining({
        member: memberAccount(3),
        round: 1,
        message: expect.stringContaining(memberAccount(1)),
      }),
    );
  });

  test('is found out if it contributed to the round before', async () => {
    expect(await findingsOf({ contributes: true })).toContainEqual(
      expect.objectContaining({ code: 'audit/adoption-wrong', member: memberAccount(3), round: 1 }),
    );
  });

  test('is found out if the other has signed another base', async () => {
    const findings = await findingsOf({ base: (theirs) => ({ ...theirs, root: digest('another base') }) });
    expect(findings).toContainEqual(
      expect.objectContaining({ code: 'audit/adoption-wrong', member: memberAccount(3) }),
    );
  });
});

describe('a member that cheats', () => {
  const findingsOf = async (cheat: Cheat) => (await audit({ study: await syntheticStudy(cheat) })).findings;
  const by = { member: 2, round: 1 };
  const place = { member: memberAccount(2), round: 1 };

  const recipes: [string, (recipe: Recipe) => Recipe, string][] = [
    [
      'pulls from others than its seed chooses',
      (recipe) => ({
        ...recipe,
        segments: recipe.segments.map((s) => {
          const own = recipe.entries.findIndex((entry) => entry.member === memberAccount(2));
          const others = recipe.entries.map((_, i) => i).filter((i) => i !== own);
          const instead = others.filter((i) => !s.sources.includes(i));
          const kept = s.sources.filter((i) => i !== own).slice(1);
          return { ...s, sources: [own, ...instead, ...kept].slice(0, s.sources.length).toSorted((a, b) => a - b) };
        }),
      }),
      'audit/pull-choice-wrong',
    ],
    [
      'gives itself more weight',
      (recipe) => ({
        ...recipe,
        segments: recipe.segments.map((s) => ({ ...s, weights: s.weights.map((_, i) => (i === 0 ? 1 : 0)) })),
      }),
      'audit/mix-differs',
    ],
    [
      'leaves its own contribution out',
      (recipe) => ({ ...recipe, entries: recipe.entries.filter((entry) => entry.member !== memberAccount(2)) }),
      'audit/recipe-mismatch',
    ],
    [
      'mixes an update that nobody recorded',
      (recipe) => ({
        ...recipe,
        entries: recipe.entries.map((entry, i) => (i === 0 ? { ...entry, update: digest('mine') } : entry)),
      }),
      'audit/recipe-mismatch',
    ],
    [
      'states another result for a segment',
      (recipe) => {
        const segments = recipe.segments.map((s, i) => (i === 0 ? { ...s, result: digest('forged') } : s));
        return { ...recipe, segments, result: rootOfDigests(segments.map((s) => s.result)) };
      },
      'audit/mix-differs',
    ],
    [
      'states another result than its segments',
      (recipe) => ({ ...recipe, result: digest('forged') }),
      'audit/recipe-mismatch',
    ],
    ['gives the recipe of another round', (recipe) => ({ ...recipe, round: 0 }), 'audit/recipe-mismatch'],
  ];
  test.each(recipes)('%s', async (_what, recipe, code) => {
    expect(await findingsOf({ ...by, recipe })).toContainEqual(expect.objectContaining({ code, ...place }));
  });

  test('trains from another base than it mixed', async () => {
    const findings = await findingsOf({ member: 2, round: 2, base: digest('elsewhere') });
    expect(findings).toContainEqual(expect.objectContaining({ code: 'audit/recipe-mismatch', ...place }));
  });

  test('states a utility that its scores do not sum to', async () => {
    const findings = await findingsOf({ ...by, metrics: (metrics) => ({ ...metrics, utilityMicros: 7 }) });
    expect(findings).toEqual([
      expect.objectContaining({ code: 'audit/valuation-mismatch', member: memberAccount(2), round: 0 }),
    ]);
  });

  test("shows another member's metrics as its own", async () => {
    const findings = await findingsOf({ ...by, metrics: (metrics) => ({ ...metrics, member: memberAccount(1) }) });
    expect(findings).toContainEqual(expect.objectContaining({ code: 'audit/metrics-mismatch', ...place }));
  });
});

describe('a file that is no bundle', () => {
  const refused = expect.objectContaining({ code: 'audit/bundle-unreadable' });

  test('is refused in one line', async () => {
    const path = join(folder, 'rubbish.car');
    for (const content of ['', 'rubbish', 'x'.repeat(100_000)]) {
      await writeFile(path, content);
      await expect(openBundle(path)).rejects.toThrow(refused);
    }
    await expect(openBundle(folder)).rejects.toThrow(refused);
    await expect(openBundle(join(folder, 'nothing'))).rejects.toThrow(refused);
  });

  test('cut off at any of many places is refused, or has findings', async () => {
    const whole = await readFile(await bundleOf({}));
    for (let i = 1; i < 24; i++) {
      const path = join(folder, 'cut.car');
      await writeFile(path, whole.subarray(0, Math.floor((whole.length * i) / 24)));
      const outcome = await audit({}, path).then(
        ({ findings }) => findings.length > 0,
        (error: { code?: string }) => error.code === 'audit/bundle-unreadable',
      );
      expect(outcome).toBe(true);
    }
  });
});
