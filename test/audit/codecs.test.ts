import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { auditStudy } from '../../src/audit/audit-study.ts';
import { flipBitOfSegment } from '../../src/audit/flip-bit.ts';
import { openBundle } from '../../src/audit/read-bundle.ts';
import { writeBundle } from '../../src/audit/write-bundle.ts';
import type { Codec } from '../../src/protocol/segment-codec.ts';
import { memberAccount } from '../builders.ts';
import { MEMBERS, ROUNDS, type SyntheticStudy, syntheticStudy } from './synthetic-study.ts';

let folder: string;
beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'consilium-codecs-'))));
afterAll(() => rm(folder, { recursive: true }));

let files = 0;
async function bundleOf({ evidence, manifest, blobs }: SyntheticStudy): Promise<string> {
  const path = join(folder, `${files++}.car`);
  await writeBundle(path, evidence, manifest, async (name) => blobs.get(name) ?? null);
  return path;
}

async function audit(study: SyntheticStudy, path?: string) {
  const bundle = await openBundle(path ?? (await bundleOf(study)));
  try {
    return await auditStudy(bundle, { ledger: study.ledger });
  } finally {
    await bundle.close();
  }
}

/** In round 1 `top-k` sends differences. */
const CHEATER = { member: 2, round: 1 };

describe.each<Codec['name']>(['float32', 'float16', 'int8', 'top-k'])('a study whose updates are %s', (codec) => {
  let honest: SyntheticStudy;
  beforeAll(async () => void (honest = await syntheticStudy(undefined, undefined, codec)));
  const victim = () =>
    honest.evidence.announcements.find(
      ({ record }) => record.member === memberAccount(CHEATER.member) && record.round === CHEATER.round,
    );

  test('is replayed bit for bit', async () => {
    const { findings, records } = await audit(honest);
    expect(findings).toEqual([]);
    expect(records.mixesReplayed).toBe(MEMBERS * ROUNDS);
  });

  test('has a finding for one bit of an encoded segment', async () => {
    const [clean, copy] = [await bundleOf(honest), join(folder, `${files++}.car`)];
    expect(await flipBitOfSegment(clean, copy, victim()?.segments[1] ?? '0x')).toBe(true);
    const { findings } = await audit(honest, copy);
    const place = { member: memberAccount(CHEATER.member), round: CHEATER.round, segment: 1 };
    expect(findings).toContainEqual(expect.objectContaining({ code: 'audit/block-damaged', ...place }));
  });

  test('has a finding where a member reads the bytes otherwise than the codec says', async () => {
    const read = (parameters: Float32Array) => parameters.map((value, k) => (k === 0 ? value + 2 ** -10 : value));
    const { findings } = await audit(await syntheticStudy({ ...CHEATER, read }, undefined, codec));
    expect(findings.map(({ code, member }) => [code, member])).toContainEqual([
      'audit/mix-differs',
      memberAccount(CHEATER.member),
    ]);
  });

  test('has a finding for everybody who mixes bytes that the codec does not write', async () => {
    const written = (bytes: Uint8Array) => bytes.slice(1);
    const { findings } = await audit(await syntheticStudy({ ...CHEATER, written }, undefined, codec));
    const mixers = new Set(
      findings.filter(({ code }) => code === 'audit/mix-not-replayable').map(({ member }) => member),
    );
    expect(mixers).toContain(memberAccount(CHEATER.member));
    expect(mixers.size).toBeGreaterThan(1);
  });
});

test('the codecs say different things in fewer bytes', async () => {
  const sizes: Partial<Record<Codec['name'], number>> = {};
  for (const codec of ['float32', 'float16', 'int8', 'top-k'] as const) {
    const { evidence, blobs } = await syntheticStudy(undefined, undefined, codec);
    const sparse = evidence.announcements.filter(({ record }) => record.round === CHEATER.round);
    sizes[codec] = sparse
      .flatMap(({ segments }) => segments)
      .reduce((sum, name) => sum + (blobs.get(name)?.length ?? 0), 0);
  }
  const parameters = MEMBERS * 17;
  expect(sizes).toEqual({
    float32: 4 * parameters,
    float16: 2 * parameters,
    int8: parameters + MEMBERS * 3 * 4,
    'top-k': MEMBERS * 3 * 8,
  });
});
