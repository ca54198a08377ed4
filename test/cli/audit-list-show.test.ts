import { beforeAll, describe, expect, test, vi } from 'vitest';
import type { ListedEntry } from '../../src/audit/list-entries.ts';
import type { ShownRecord } from '../../src/audit/show-record.ts';
import { auditListCommand } from '../../src/cli/audit/list-command.ts';
import { listStudies } from '../../src/cli/audit/list-studies.ts';
import { readLedgerStudy } from '../../src/cli/audit/read-ledger-study.ts';
import { auditShowCommand } from '../../src/cli/audit/show-command.ts';
import { bundleFiles } from '../audit/bundle-file.ts';
import { MEMBERS, ROUNDS, type SyntheticStudy, syntheticStudy } from '../audit/synthetic-study.ts';
import { memberAccount } from '../builders.ts';
import { captureCommand } from './capture-command.ts';

const bundleOf = bundleFiles();
const second = memberAccount(2);
let study: SyntheticStudy;
let path: string;
beforeAll(async () => {
  study = await syntheticStudy();
  path = await bundleOf(study);
});

async function list(...args: string[]): Promise<ListedEntry[]> {
  return JSON.parse((await captureCommand(auditListCommand, ...args, '--json')).stdout).rows;
}
const show = async (...args: string[]) =>
  JSON.parse((await captureCommand(auditShowCommand, ...args, '--json')).stdout);

describe('audit list', () => {
  test('has every entry of the log at its place', async () => {
    const rows = await list(path);
    expect(rows.map(({ entry, transaction }) => [entry, transaction])).toEqual(
      study.evidence.log.map(({ sequence, transaction }) => [sequence, transaction]),
    );
  });

  test('is narrowed by member, round and kind', async () => {
    expect(await list(path, '--kind', 'closing')).toHaveLength(MEMBERS);
    expect(await list(path, '--kind', 'contribution')).toHaveLength(MEMBERS * ROUNDS);
    expect(await list(path, '--round', '1', '--member', second.slice(0, 10))).toMatchObject([
      { kind: 'contribution', round: 1, member: second, signed: true },
      { kind: 'valuation', round: 1, member: second, signed: null },
    ]);
  });

  test('tells a record that is not in the bundle, and one that is not on the ledger', async () => {
    const without = await bundleOf(study, {
      evidence: (e) => ({
        ...e,
        announcements: e.announcements.filter(({ record }) => record.member !== second || record.round !== 1),
      }),
    });
    expect(await list(without, '--round', '1', '--member', second, '--kind', 'contribution')).toMatchObject([
      { signed: false },
    ]);
    const cut = await bundleOf(study, { evidence: (e) => ({ ...e, log: e.log.slice(0, -MEMBERS * 2) }) });
    expect(await list(cut, '--kind', 'closing', '--member', second)).toMatchObject([{ entry: null, signed: true }]);
  });

  test('is a table for spreadsheets too', async () => {
    const { stdout } = await captureCommand(auditListCommand, path, '--csv', '--kind', 'contribution');
    expect(stdout.trimEnd().split('\r\n')).toHaveLength(1 + MEMBERS * ROUNDS);
  });

  test('refuses a kind that there is not, and a study beside a bundle', async () => {
    const refused = expect.objectContaining({ code: 'cli/usage' });
    await expect(list(path, '--kind', 'rumour')).rejects.toThrow(refused);
    await expect(list(path, '--study', '0x1')).rejects.toThrow(refused);
    await expect(list()).rejects.toThrow(refused);
  });
});

describe('a ledger without a bundle', () => {
  test('lists its studies, and one of them by the beginning of its name', async () => {
    const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
    const code = await listStudies({}, study.ledger).finally(() => expect(write).toHaveBeenCalledOnce());
    const text = String(write.mock.calls[0]?.[0]);
    write.mockRestore();
    expect([code, text.includes(study.evidence.study)]).toEqual([0, true]);
    const found = await readLedgerStudy(study.ledger, study.evidence.study.slice(0, 12));
    expect([found.log.length, found.findings]).toEqual([study.evidence.log.length, []]);
    const refused = expect.objectContaining({ code: 'cli/usage' });
    await expect(readLedgerStudy(study.ledger, `0x${'12'.repeat(32)}`)).rejects.toThrow(refused);
  });
});

describe('audit show', () => {
  test('shows the study, its members and a round', async () => {
    const whole = await show(path);
    expect(whole.entries).toMatchObject({ joined: MEMBERS, contribution: MEMBERS * ROUNDS, closing: MEMBERS });
    expect((await show(path, '--member', second)).member).toMatchObject({
      participant: { position: 1 },
      joined: [{ account: second, firstRound: 0 }],
      scoreMicros: 60,
    });
    const { members } = await show(path, '--round', '1');
    expect(members[1]).toMatchObject({ state: { part: 'contributed' }, samples: 20, scoreMicros: 20 });
  });

  test('shows a record with place, signature, mix, metrics and scores', async () => {
    const shown: ShownRecord = (await show(path, '--member', second, '--round', '1')).record;
    const place = study.evidence.log.find(
      ({ kind, record }) => kind === 'contribution' && record.round === 1 && record.member === second,
    );
    expect(shown.place?.entry).toBe(place?.sequence);
    expect(shown.signed?.isGenuine).toBe(true);
    expect(shown.mix?.sources.reduce((sum, { weight }) => sum + weight, 0)).toBeCloseTo(1, 9);
    expect(shown.metrics?.member).toBe(second);
    expect([shown.scoresReceived[second], shown.scoresReceived[memberAccount(1)]]).toEqual([undefined, 20]);
  });

  test('says of a signature that it is not the member’s', async () => {
    const forged = await bundleOf(study, {
      evidence: (e) => ({
        ...e,
        announcements: e.announcements.map((a) => ({ ...a, signature: e.announcements[0]?.signature ?? a.signature })),
      }),
    });
    expect((await show(forged, '--member', second, '--round', '1')).record.signed.isGenuine).toBe(false);
    const { stdout } = await captureCommand(auditShowCommand, forged, '--member', second, '--round', '1');
    expect(stdout).toContain("NOT THE MEMBER'S");
  });

  test('refuses what there is not', async () => {
    const refused = expect.objectContaining({ code: 'audit/no-such-record' });
    await expect(show(path, '--round', '9')).rejects.toThrow(refused);
    await expect(show(path, '--round', '9', '--member', second)).rejects.toThrow(refused);
  });
});
