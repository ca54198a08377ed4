import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { auditStudy } from '../../src/audit/audit-study.ts';
import type { Evidence } from '../../src/audit/evidence.ts';
import { openBundle } from '../../src/audit/read-bundle.ts';
import { inBundleOrder } from '../../src/audit/record-order.ts';
import { writeBundle } from '../../src/audit/write-bundle.ts';
import type { Recipe } from '../../src/protocol/recipe.ts';
import { memberAccount } from '../builders.ts';
import { MEMBERS, ROUNDS, type SyntheticStudy, syntheticStudy } from './synthetic-study.ts';

let folder: string;
beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'consilium-rotation-'))));
afterAll(() => rm(folder, { recursive: true }));

const ROTATION = { member: 3, successor: 8, round: 2 };
const rotated = (cheat?: Parameters<typeof syntheticStudy>[0]): Promise<SyntheticStudy> =>
  syntheticStudy(cheat, undefined, 'float32', { rotation: ROTATION });

async function audit({ evidence, manifest, blobs, ledger }: SyntheticStudy, isOffline = false) {
  const path = join(folder, 'rotated.car');
  await writeBundle(path, evidence, manifest, async (name) => blobs.get(name) ?? null);
  const bundle = await openBundle(path);
  try {
    return await auditStudy(bundle, { ledger: isOffline ? null : ledger });
  } finally {
    await bundle.close();
  }
}

describe('a study in which a member gets another key', () => {
  test('has no finding, and every mix is replayed, of the old key and of the new one', async () => {
    const { findings, notices, records } = await audit(await rotated());
    expect(findings).toEqual([]);
    expect(notices).toEqual([]);
    expect(records.mixesReplayed).toBe(MEMBERS * ROUNDS);
  });

  test('has a notice, and no finding, for what the new key signed last and nobody recorded', async () => {
    const study = await rotated();
    const isClosing = (entry: Evidence['log'][number]): boolean =>
      entry.kind === 'contribution' && entry.record.round === ROUNDS;
    const log = study.evidence.log.slice(0, study.evidence.log.findIndex(isClosing));
    const { findings, notices } = await audit({ ...study, evidence: inBundleOrder({ ...study.evidence, log }) }, true);
    expect(findings).toEqual([]);
    expect(notices.filter(({ message }) => message.includes('went away before it was recorded'))).toHaveLength(MEMBERS);
  });

  test.each([
    ['old', 1, 3],
    ['new', 2, 8],
  ])('has a finding where the member states another result under its %s key', async (_key, round, account) => {
    const recipe = (honest: Recipe): Recipe => ({ ...honest, segments: honest.segments.toReversed() });
    const { findings } = await audit(await rotated({ member: 3, round, recipe }));
    expect(findings).toContainEqual(
      expect.objectContaining({
        code: 'audit/recipe-mismatch',
        round,
        member: memberAccount(round + 1 >= ROTATION.round ? 8 : account),
      }),
    );
  });
});
