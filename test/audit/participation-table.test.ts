import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ParticipationRow, tabulateParticipation } from '../../src/audit/participation-table.ts';
import { openBundle } from '../../src/audit/read-bundle.ts';
import { inBundleOrder } from '../../src/audit/record-order.ts';
import { writeBundle } from '../../src/audit/write-bundle.ts';
import { ZERO_DIGEST } from '../../src/base/bytes.ts';
import { createMemoryLedger, type MemoryLedger } from '../../src/ledger/memory/memory-ledger.ts';
import { defaultTraining } from '../../src/model/default-training.ts';
import { composeManifest } from '../../src/peer/compose-manifest.ts';
import type { Contribution } from '../../src/protocol/contribution.ts';
import { studyOf } from '../../src/protocol/manifest.ts';
import { announcement, contribution, DOMAIN, digest, memberAccount } from '../builders.ts';
import { runCommand } from '../end-to-end/command.ts';

const ROUNDS = 4;
const { architecture, training } = defaultTraining('tables', { inputShape: [2], classes: 2 });
const manifest = composeManifest({
  title: 'who was there',
  members: 7,
  rounds: ROUNDS,
  segments: 2,
  pulls: 1,
  seed: 'participation',
  codec: 'float32',
  architecture,
  training,
});
const study = studyOf(manifest);

/**
 * A study by the contract's rules. Member 2 withdraws after round 0; 3 is late in round 2; 4 goes on as 8 from round 2 on; 5 is absent
 * in round 1 and excluded after round 2; 6 never joins; 7 is admitted and joins after round 1.
 */
async function eventfulStudy(): Promise<MemoryLedger> {
  const ledger = createMemoryLedger(DOMAIN);
  const { rounds, maximumMembers, epsilonBudgetMicros, deltaBudgetPicos, staleness } = manifest;
  const terms = { rounds, maximumMembers, epsilonBudgetMicros, deltaBudgetPicos };
  const join = (n: number) => ledger.as(memberAccount(n)).join(study, digest(`data ${n}`));
  const record = async (round: number, ...members: number[]): Promise<void> => {
    for (const n of members) await ledger.as(memberAccount(n)).contribute(by(n, round));
  };
  for (const n of [1, 2, 3, 4, 5, 6]) ledger.membership.admit(memberAccount(n));
  ledger.openStudy({ study, ...terms, stalenessBound: staleness.boundRounds });
  for (const n of [1, 2, 3, 4, 5]) await join(n);
  await record(0, 1, 2, 3, 4, 5);
  await ledger.as(memberAccount(2)).withdraw(study);
  await record(1, 1, 3, 4);
  ledger.membership.admit(memberAccount(7));
  await join(7);
  ledger.membership.rotate(memberAccount(4), memberAccount(8));
  await join(8);
  await record(2, 1, 8, 7, 5);
  ledger.membership.suspend(memberAccount(5));
  await ledger.as(memberAccount(1)).exclude(study, memberAccount(5));
  await record(3, 1, 8, 7);
  await record(2, 3);
  return ledger;
}

const by = (n: number, round: number): Contribution =>
  contribution({ study, member: memberAccount(n), round, scoreCommitment: ZERO_DIGEST });

let folder: string;
let ledger: MemoryLedger;
let path: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'consilium-participation-'));
  ledger = await eventfulStudy();
  path = await bundleOf((log) => log);
});
afterAll(() => rm(folder, { recursive: true }));

type Log = Awaited<ReturnType<MemoryLedger['entries']>>;

let files = 0;
/** Evidence with the log as it was exported; of the signed records, member 5's of round 1, which nobody recorded, and a forged one. */
async function bundleOf(exported: (log: Log) => Log): Promise<string> {
  const out = join(folder, `${files++}.car`);
  const genuine = announcement(5, { study, round: 1 });
  const forged = { ...announcement(3, { study, round: 1 }), signature: genuine.signature };
  const evidence = {
    ...DOMAIN,
    study,
    initialModel: [],
    announcements: [genuine, forged],
    checkpoints: [],
    log: exported(await ledger.entries(study, 0)).map((entry) => ({ ...entry })),
  };
  await writeBundle(out, inBundleOrder(evidence), manifest, async () => null);
  return out;
}

async function tableOf(file: string, chain: MemoryLedger | null) {
  const bundle = await openBundle(file);
  try {
    return await tabulateParticipation(bundle, chain);
  } finally {
    await bundle.close();
  }
}

const partsOf = (rows: readonly ParticipationRow[], n: number): string =>
  rows.flatMap(({ member, part }) => (member === memberAccount(n) ? part : [])).join(' ');

describe('who was registered, joined, expected and heard of', () => {
  test('is told for each member and round', async () => {
    const { rows, findings } = await tableOf(path, ledger);
    expect(findings).toEqual([]);
    expect(rows).toHaveLength(7 * ROUNDS);
    expect([1, 2, 3, 8, 5, 6, 7].map((n) => partsOf(rows, n))).toEqual([
      'contributed contributed contributed contributed',
      'contributed withdrawn withdrawn withdrawn',
      'contributed contributed late missed',
      'contributed contributed contributed contributed',
      'contributed missed contributed excluded',
      'notJoined notJoined notJoined notJoined',
      'notJoined notJoined contributed contributed',
    ]);
  });

  test('is counted for each round', async () => {
    const { totals } = await tableOf(path, ledger);
    const columns = totals.map((t) => [t.registered, t.joined, t.expected, t.contributed, t.late, t.missed]);
    expect(columns).toEqual([
      [6, 5, 5, 5, 0, 0],
      [6, 5, 4, 3, 0, 1],
      [7, 6, 5, 5, 1, 0],
      [6, 6, 4, 3, 0, 1],
    ]);
    expect(totals.map((t) => [t.withdrawn, t.excluded])).toEqual([
      [0, 0],
      [1, 0],
      [1, 0],
      [1, 1],
    ]);
  });

  test('names the account of the time, and an entry of the log that says so', async () => {
    const { rows } = await tableOf(path, ledger);
    const log = await ledger.entries(study, 0);
    const rotated = rows.filter(({ member }) => member === memberAccount(8)).map(({ account }) => account);
    expect(rotated).toEqual([4, 4, 8, 8].map(memberAccount));
    const kinds = { contributed: 'contribution', late: 'contribution', missed: 'joined', notJoined: undefined };
    for (const { entry, part, account } of rows) {
      const said = entry === null ? undefined : log[entry];
      expect(said?.kind).toBe(part === 'withdrawn' || part === 'excluded' ? part : kinds[part]);
      if (said !== undefined) expect(said.record).toMatchObject({ member: account });
    }
  });

  test('a record that is signed and not on the ledger shows as missed and signed; a forged one does not count', async () => {
    const { rows } = await tableOf(path, ledger);
    const signed = rows.filter((row) => row.signed);
    expect(signed).toEqual([expect.objectContaining({ member: memberAccount(5), round: 1, part: 'missed' })]);
  });

  test('without the chain all is the same, but who never joined, and who was registered, is not known', async () => {
    const [offline, asked] = [await tableOf(path, null), await tableOf(path, ledger)];
    const known = asked.rows.filter(({ position }) => position !== null);
    expect(offline.rows).toEqual(known.map((row) => ({ ...row, registered: null })));
    expect(offline.totals.map(({ registered }) => registered)).toEqual([null, null, null, null]);
  });

  test('a log with a contribution left out is a finding; the whole one is none', async () => {
    const file = await bundleOf((log) => log.toSpliced(6, 1));
    expect((await tableOf(file, null)).findings).toMatchObject([{ code: 'audit/log-broken', sequence: 6 }]);
    expect((await tableOf(file, ledger)).findings).toMatchObject([{ code: 'audit/log-differs', sequence: 6 }]);
    expect((await tableOf(path, null)).findings).toEqual([]);
  });
});

describe('consilium audit participation', () => {
  test('prints marks and totals for people, rows for spreadsheets and machines', async () => {
    const table = await runCommand('audit', 'participation', path);
    expect(table.code).toBe(0);
    expect(table.stdout).toMatch(/^1 +\? +5 +4 +1 +3 +0 +1 +1 +0$/m);
    expect(table.stdout).toMatch(new RegExp(`^${memberAccount(5)} +C +Ms +C +X$`, 'm'));
    const csv = await runCommand('audit', 'participation', path, '--csv');
    const lines = csv.stdout.split('\r\n');
    expect(lines[0]).toBe(
      'round,position,member,account,part,entry,registered,joined,expected,signed,contributed,late,missed,withdrawn,excluded',
    );
    expect(lines).toHaveLength(1 + 6 * ROUNDS + 1);
    const json = JSON.parse((await runCommand('audit', 'participation', path, '--json')).stdout);
    expect(json.rows).toHaveLength(6 * ROUNDS);
    expect(lines[2]).toBe(
      `0,1,${json.rows[1].member},${json.rows[1].account},contributed,7,,true,true,false,true,false,false,false,false`,
    );
  });

  test('ends with exit code 3 on a log that was tampered with', async () => {
    const file = await bundleOf((log) => log.toSpliced(6, 1));
    expect((await runCommand('audit', 'participation', file)).code).toBe(3);
  });
});
