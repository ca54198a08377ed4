import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type AuditReport, auditStudy } from '../../src/audit/audit-study.ts';
import { openBundle } from '../../src/audit/read-bundle.ts';
import { writeBundle } from '../../src/audit/write-bundle.ts';
import type { Codec } from '../../src/protocol/segment-codec.ts';
import { memberAccount } from '../builders.ts';
import { type Cheat, syntheticStudy, type Work } from './synthetic-study.ts';

let folder: string;
beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'consilium-copies-'))));
afterAll(() => rm(folder, { recursive: true }));

let files = 0;
async function audit(
  cheat: Pick<Cheat, 'send'> | undefined,
  codec?: Codec['name'],
  replay = true,
): Promise<AuditReport> {
  const cheating = cheat === undefined ? undefined : { member: 3, round: 2, ...cheat };
  const { evidence, manifest, blobs } = await syntheticStudy(cheating, undefined, codec);
  const path = join(folder, `${files++}.car`);
  await writeBundle(path, evidence, manifest, async (name) => blobs.get(name) ?? null);
  const bundle = await openBundle(path);
  try {
    return await auditStudy(bundle, { ledger: null, replay });
  } finally {
    await bundle.close();
  }
}

const of = (before: ReadonlyMap<string, Work>, key: string): Work => before.get(key) as Work;
/** A change of length 1 ‰ of a parameter and less, made larger or smaller here and there. */
const altered = (change: number, i: number, share: number): number => change * (1 + share * (i % 2 === 0 ? 1 : -1));

describe('an update that was there before', () => {
  test('is found without a replay if it is equal, and only then', async () => {
    const equal: Cheat['send'] = (before) => of(before, '1/2').trained;
    const { findings, records, unchecked } = await audit({ send: equal }, undefined, false);
    expect(findings).toEqual([
      expect.objectContaining({ code: 'audit/update-copied', member: memberAccount(3), round: 2 }),
    ]);
    expect([records.mixesReplayed, unchecked]).toEqual([0, ['mixes', 'altered-copies']]);
    const scaled: Cheat['send'] = (before) => of(before, '1/2').trained.map((value) => value * 1.000_01);
    expect((await audit({ send: scaled }, undefined, false)).findings).toEqual([]);
    expect((await audit({ send: scaled })).findings).toHaveLength(1);
  });

  test.each<[string, NonNullable<Cheat['send']>, { original: number; round: number }]>([
    ['another member’s parameters', (before) => of(before, '1/2').trained, { original: 1, round: 2 }],
    [
      'another member’s change, on its own base',
      (before, base) =>
        base.map((value, i) => value + (of(before, '2/1').trained[i] ?? 0) - (of(before, '2/1').base[i] ?? 0)),
      { original: 2, round: 1 },
    ],
    [
      'another member’s change, altered here and there and three times as long',
      (before, base) =>
        base.map(
          (value, i) =>
            value + 3 * altered((of(before, '1/2').trained[i] ?? 0) - (of(before, '1/2').base[i] ?? 0), i, 0.03),
        ),
      { original: 1, round: 2 },
    ],
    ['its own parameters of an earlier round', (before) => of(before, '3/1').trained, { original: 3, round: 1 }],
  ])('%s: a finding that names both', async (_name, send, { original, round }) => {
    const { findings } = await audit({ send });
    expect(findings).toHaveLength(1);
    expect(findings[0]).toMatchObject({ code: 'audit/update-copied', member: memberAccount(3), round: 2 });
    expect(findings[0]?.message).toContain(original === 3 ? 'its own in' : memberAccount(original));
    expect(findings[0]?.message).toContain(`round ${round}`);
  });

  test('is found in what half floats leave of it', async () => {
    const { findings } = await audit({ send: (before) => of(before, '1/2').trained }, 'float16');
    expect(findings.map(({ code }) => code)).toContain('audit/update-copied');
  });
});

describe('what is no finding', () => {
  test('honest work, by each codec', async () => {
    for (const codec of ['float32', 'int8'] as const) {
      const { findings, notices } = await audit(undefined, codec);
      expect([findings, notices]).toEqual([[], []]);
    }
  });

  test('half of another’s change and half of one’s own', async () => {
    const send: Cheat['send'] = (before, base) => {
      const theirs = of(before, '1/2');
      return base.map((value, i) => value + (theirs.trained[i] ?? 0) - (theirs.base[i] ?? 0) + 0.01 * Math.sin(11 * i));
    };
    expect((await audit({ send })).findings).toEqual([]);
  });

  test('its own change once more, on a base that has moved, and a base as it was: notices', async () => {
    const again: Cheat['send'] = (before, base) =>
      base.map((value, i) => value + (of(before, '3/1').trained[i] ?? 0) - (of(before, '3/1').base[i] ?? 0));
    for (const [send, words] of [
      [again, 'repeats its own of round 1'],
      [(_: unknown, base: Float32Array) => base, 'as it was'],
    ] as const) {
      const { findings, notices } = await audit({ send });
      expect(findings).toEqual([]);
      expect(notices).toHaveLength(1);
      expect(notices[0]).toMatchObject({ member: memberAccount(3), round: 2, message: expect.stringContaining(words) });
    }
  });
});
