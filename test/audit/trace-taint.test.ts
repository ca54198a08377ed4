import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { modelLineage, sharesByMember } from '../../src/audit/model-lineage.ts';
import { openBundle } from '../../src/audit/read-bundle.ts';
import { type Taint, traceTaint } from '../../src/audit/trace-taint.ts';
import { writeBundle } from '../../src/audit/write-bundle.ts';
import type { Hex } from '../../src/base/bytes.ts';
import { memberAccount } from '../builders.ts';
import { MEMBERS, ROUNDS, type SyntheticStudy, syntheticStudy } from './synthetic-study.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'consilium-taint-'));
});
afterAll(() => rm(folder, { recursive: true }));

const accounts = Array.from({ length: MEMBERS }, (_, i) => memberAccount(i + 1));

async function trace(study: SyntheticStudy, member: Hex, without?: Hex): Promise<Taint> {
  const path = join(folder, 'study.car');
  await writeBundle(path, study.evidence, study.manifest, async (name) =>
    name === without ? null : (study.blobs.get(name) ?? null),
  );
  const bundle = await openBundle(path);
  try {
    return await traceTaint(bundle, [member]);
  } finally {
    await bundle.close();
  }
}

const recordOf = ({ evidence }: SyntheticStudy, n: number, round: number) => {
  const found = evidence.announcements.find(
    ({ record }) => record.member === memberAccount(n) && record.round === round,
  );
  if (found === undefined) throw new Error(`no record of member ${n} in round ${round}`);
  return found.record;
};

test('who is there from the beginning reaches every model but the initial one and the first updates of the others', async () => {
  const study = await syntheticStudy();
  const taint = await trace(study, memberAccount(2));
  const records = study.evidence.announcements.map(({ record }) => record);
  const bases = records.filter(({ round }) => round > 0).length;
  const updates = records.filter(({ round }) => round > 0 && round < ROUNDS).length + 1;
  expect(taint.models.filter(({ kind }) => kind === 'base')).toHaveLength(bases);
  expect(taint.models.filter(({ kind }) => kind === 'update')).toHaveLength(updates);
  expect(taint.models[0]).toMatchObject({ member: memberAccount(2), round: 0, kind: 'update', share: 1 });
  expect([taint.cleanRound, taint.unread]).toEqual([0, []]);
  expect(taint.checkpoints.map(({ member, round }) => [member, round])).toEqual(
    [1, 3, 4].map((n) => [memberAccount(n), 0]),
  );
});

test('the shares of all members in one model are those of its lineage, and sum to one', async () => {
  const study = await syntheticStudy();
  const taints: (readonly [Hex, Taint])[] = [];
  for (const account of accounts) taints.push([account, await trace(study, account)]);
  const shareOf = (account: Hex, n: number, round: number): number =>
    taints
      .find(([member]) => member === account)?.[1]
      .models.find((m) => m.member === memberAccount(n) && m.round === round && m.kind === 'base')?.share ?? 0;
  for (let round = 1; round <= ROUNDS; round++) {
    const sum = accounts.reduce((total, account) => total + shareOf(account, 3, round), 0);
    expect(sum).toBeCloseTo(1, 12);
  }
  const path = join(folder, 'lineage.car');
  await writeBundle(path, study.evidence, study.manifest, async (name) => study.blobs.get(name) ?? null);
  const bundle = await openBundle(path);
  try {
    for (let round = 1; round <= ROUNDS; round++) {
      const lineage = await modelLineage(bundle, { ledger: null, accounts: [memberAccount(3)], round });
      for (const { member, share } of sharesByMember(lineage.rows, study.evidence.log)) {
        expect(shareOf(member, 3, round)).toBeCloseTo(share, 12);
      }
    }
  } finally {
    await bundle.close();
  }
});

test('who comes later leaves the models of the rounds before clean, and each member its last base before them', async () => {
  const study = await syntheticStudy(undefined, { member: 4, from: 1, round: 0 });
  const taint = await trace(study, memberAccount(4));
  expect(taint.cleanRound).toBe(1);
  expect(
    taint.models.every(({ round, member, kind }) => round > 1 || (member === memberAccount(4) && kind === 'update')),
  ).toBe(true);
  expect(taint.checkpoints).toEqual(
    [1, 2, 3].map((n) => {
      const { member, round, base, recipe } = recordOf(study, n, 1);
      return { member, round, base, recipe };
    }),
  );
});

test('what came of a mix without a recipe counts as reached, with an unknown share', async () => {
  const study = await syntheticStudy(undefined, { member: 4, from: 1, round: 0 });
  const lost = recordOf(study, 3, 2);
  const taint = await trace(study, memberAccount(4), lost.recipe);
  expect(taint.unread).toEqual([{ member: memberAccount(3), round: 1 }]);
  expect(taint.models.find(({ digest, member }) => digest === lost.base && member === lost.member)?.share).toBeNull();
  const early = await trace(study, memberAccount(4), recordOf(study, 3, 1).recipe);
  expect([early.unread.length, early.cleanRound]).toEqual([1, 1]); // the member had not contributed yet
});

test('a stranger to the study is named, and reached nothing', async () => {
  const taint = await trace(await syntheticStudy(), memberAccount(9));
  expect(taint).toMatchObject({ strangers: [memberAccount(9)], accounts: [], models: [], cleanRound: ROUNDS });
});
