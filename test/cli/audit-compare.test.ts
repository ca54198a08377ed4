import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { compareHoldings } from '../../src/audit/compare-holdings.ts';
import type { Difference } from '../../src/audit/difference.ts';
import type { Evidence } from '../../src/audit/evidence.ts';
import { flipBitOfSegment } from '../../src/audit/flip-bit.ts';
import { auditCompareCommand } from '../../src/cli/audit/compare-command.ts';
import { bundleFiles } from '../audit/bundle-file.ts';
import { type SyntheticStudy, syntheticStudy } from '../audit/synthetic-study.ts';
import { digest, memberAccount } from '../builders.ts';
import { captureCommand } from './capture-command.ts';

const bundleOf = bundleFiles();
const victim = { member: memberAccount(3), round: 1 };
let study: SyntheticStudy;
let path: string;
beforeAll(async () => {
  study = await syntheticStudy();
  path = await bundleOf(study);
});

async function compare(...paths: string[]): Promise<{ code: number; differences: Difference[] }> {
  const { code, stdout } = await captureCommand(auditCompareCommand, ...paths, '--json');
  return { code, differences: JSON.parse(stdout).differences };
}
const changed = (evidence: (evidence: Evidence) => Evidence) => bundleOf(study, { evidence });
const isVictim = ({ record }: Evidence['announcements'][number]) =>
  record.member === victim.member && record.round === victim.round;

describe('two bundles', () => {
  test('that say the same have no difference', async () => {
    expect(await compare(path, await bundleOf(study))).toEqual({ code: 0, differences: [] });
  });

  test('differ where one lacks a signed record, whichever is named first', async () => {
    const other = await changed((e) => ({ ...e, announcements: e.announcements.filter((a) => !isVictim(a)) }));
    const record = { what: 'record', ...victim };
    const there = await compare(path, other);
    expect([there.code, there.differences[0]]).toMatchObject([3, { ...record, only: 'first' }]);
    expect((await compare(other, path)).differences[0]).toMatchObject({ ...record, only: 'second' });
  });

  test('differ where a record, a signature or segments are others', async () => {
    const edit = (change: (a: Evidence['announcements'][number]) => Evidence['announcements'][number]) =>
      changed((e) => ({ ...e, announcements: e.announcements.map((a) => (isVictim(a) ? change(a) : a)) }));
    const otherSignature = study.evidence.announcements[0]?.signature;
    const cases = [
      ['record', await edit((a) => ({ ...a, record: { ...a.record, samples: 9 } }))],
      ['signature', await edit((a) => ({ ...a, signature: otherSignature ?? a.signature }))],
      ['segments', await edit((a) => ({ ...a, segments: a.segments.toReversed() }))],
    ] as const;
    for (const [what, other] of cases) {
      expect((await compare(path, other)).differences).toContainEqual(
        expect.objectContaining({ what, only: null, ...victim }),
      );
    }
  });

  test('differ where a block is missing or damaged in one', async () => {
    const announcement = study.evidence.announcements.find(isVictim);
    const segment = announcement?.segments[2] ?? '0x';
    const lacking = await bundleOf(study, { without: segment });
    const block = { what: 'block', only: 'first', ...victim, segment: 2 };
    expect((await compare(path, lacking)).differences).toMatchObject([block]);
    const damaged = join(path, '..', 'damaged.car');
    expect(await flipBitOfSegment(path, damaged, segment)).toBe(true);
    const { differences } = await compare(path, damaged);
    expect(differences).toMatchObject([{ ...block, message: expect.stringContaining('damaged') }]);
    const noMetrics = await bundleOf(study, { without: announcement?.record.metrics ?? '0x' });
    expect((await compare(noMetrics, path)).differences).toMatchObject([{ what: 'block', only: 'second', ...victim }]);
  });

  test('differ where one log is shorter, or tells another history', async () => {
    const shorter = await changed((e) => ({ ...e, log: e.log.slice(0, -1) }));
    const last = study.evidence.log.length - 1;
    expect((await compare(path, shorter)).differences).toContainEqual(
      expect.objectContaining({ what: 'entry', only: 'first', sequence: last }),
    );
    const forked = await changed((e) => ({
      ...e,
      log: e.log.map((entry) => (entry.sequence === 7 ? { ...entry, head: digest('another') } : entry)),
    }));
    expect((await compare(path, forked)).differences).toContainEqual(
      expect.objectContaining({ what: 'log', sequence: 7 }),
    );
  });

  test('of two studies are said to be that, and no more', async () => {
    const other = await bundleOf(await syntheticStudy(undefined, undefined, 'int8'));
    expect((await compare(path, other)).differences).toMatchObject([{ what: 'study' }]);
  });

  test('are named as lines for people', async () => {
    const shorter = await changed((e) => ({ ...e, log: e.log.slice(0, -1) }));
    const { stdout } = await captureCommand(auditCompareCommand, path, shorter);
    expect(stdout).toMatch(/^< entry: .*\n[^]*1 differences\n$/);
  });
});

test('a bundle and a chain that went on since differ by the entries after it', async () => {
  const { log, study: id, chainId, contract } = study.evidence;
  const identity = { study: id, chainId, contract };
  const bundle = { study: identity, log: log.slice(0, -2), bundle: null };
  const chain = { study: identity, log: await study.ledger.entries(id, 0), bundle: null };
  expect(await compareHoldings(bundle, chain)).toMatchObject([
    { what: 'entry', only: 'second', sequence: log.length - 2 },
    { what: 'entry', only: 'second', sequence: log.length - 1 },
  ]);
});

test('one bundle with nothing to compare it with is refused', async () => {
  await expect(compare(path)).rejects.toThrow(expect.objectContaining({ code: 'cli/usage' }));
});
