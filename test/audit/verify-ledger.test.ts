import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { longLog } from '../../scripts/bench/long-log.ts';
import type { Evidence } from '../../src/audit/evidence.ts';
import { openBundleFile } from '../../src/audit/open-bundle-file.ts';
import { inBundleOrder } from '../../src/audit/record-order.ts';
import { type LedgerVerification, verifyLedger } from '../../src/audit/verify-ledger.ts';
import { writeBundle } from '../../src/audit/write-bundle.ts';
import { nextHead } from '../../src/protocol/ledger-entry.ts';
import { studyOf } from '../../src/protocol/manifest.ts';
import { packScores } from '../../src/protocol/valuation.ts';
import { digest, memberAccount } from '../builders.ts';
import { type SyntheticStudy, syntheticStudy } from './synthetic-study.ts';

let folder: string;
let honest: SyntheticStudy;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'consilium-ledger-'));
  honest = await syntheticStudy();
});
afterAll(() => rm(folder, { recursive: true }));

async function verify(evidence: Evidence): Promise<LedgerVerification> {
  const path = join(folder, 'ledger.car');
  await writeBundle(path, evidence, honest.manifest, async () => null);
  const file = await openBundleFile(path);
  try {
    return await verifyLedger(file);
  } finally {
    await file.close();
  }
}

type Change = (evidence: Evidence) => Evidence;
const victim = { member: memberAccount(3), round: 1 };
const isVictim = ({ record }: Evidence['announcements'][number]): boolean =>
  record.member === victim.member && record.round === victim.round;

test('an honest ledger part has no finding, and every signature was checked', async () => {
  const { findings, entries, signatures } = await verify(honest.evidence);
  const { log, announcements, checkpoints } = honest.evidence;
  expect(findings).toEqual([]);
  expect([entries, signatures]).toEqual([log.length, announcements.length + checkpoints.length]);
});

test('a long log comes in many chunks, of which none is large', async () => {
  const evidence = longLog(studyOf(honest.manifest), 4, 150);
  const path = join(folder, 'long.car');
  await writeBundle(path, evidence, honest.manifest, async () => null);
  const file = await openBundleFile(path);
  expect(file.root.log.length).toBeGreaterThan(2);
  expect(Math.max(...file.scan.sections.map(({ length }) => length))).toBeLessThanOrEqual(257 * 1024);
  const { findings, entries } = await verifyLedger(file);
  await file.close();
  expect([findings, entries]).toEqual([[], evidence.log.length]);
});

const changes: [string, Change, object][] = [
  [
    'a record left out',
    (e) => ({ ...e, announcements: e.announcements.filter((a) => !isVictim(a)) }),
    { code: 'audit/record-missing', ...victim },
  ],
  [
    'a record edited',
    (e) => ({
      ...e,
      announcements: e.announcements.map((a) => (isVictim(a) ? { ...a, record: { ...a.record, samples: 1 } } : a)),
    }),
    { code: 'audit/signature-wrong', ...victim },
  ],
  [
    "another one's signature",
    (e) => ({
      ...e,
      announcements: e.announcements.map((a) =>
        isVictim(a) ? { ...a, signature: e.announcements[0]?.signature ?? a.signature } : a,
      ),
    }),
    { code: 'audit/signature-wrong', ...victim },
  ],
  [
    'an entry left out',
    (e) => inBundleOrder({ ...e, log: e.log.toSpliced(6, 1) }),
    { code: 'audit/log-broken', sequence: 6 },
  ],
  [
    'a score edited',
    (e) => ({
      ...e,
      log: e.log.map((entry) =>
        entry.kind === 'valuation' && entry.record.round === victim.round && entry.record.evaluator === victim.member
          ? { ...entry, record: { ...entry.record, scores: packScores([1]) } }
          : entry,
      ),
    }),
    { code: 'audit/valuation-mismatch', ...victim },
  ],
  [
    'a head that nobody signed',
    (e) => ({
      ...e,
      checkpoints: e.checkpoints.map((c) =>
        c.member === victim.member ? { ...c, signature: e.checkpoints[0]?.signature ?? c.signature } : c,
      ),
    }),
    { code: 'audit/signature-wrong', member: victim.member, round: 0 },
  ],
  [
    'a member that signed two contributions for one round',
    (e) => {
      const record = { study: e.study, ...victim, first: digest('first'), second: digest('second') };
      const [content, last] = [{ kind: 'equivocated', record } as const, e.log.at(-1)];
      const place = { sequence: e.log.length, blockNumber: last?.blockNumber ?? 0, transaction: digest('transaction') };
      return { ...e, log: [...e.log, { ...content, ...place, head: nextHead(last?.head ?? '0x', content) }] };
    },
    { code: 'audit/equivocation', ...victim },
  ],
  ['another chain', (e) => ({ ...e, chainId: 1 }), { code: 'audit/log-broken', sequence: 0 }],
];
test.each(changes)('%s is found at its place', async (_what, change, expected) => {
  const { findings } = await verify(change(honest.evidence));
  expect(findings).toContainEqual(expect.objectContaining(expected));
});
