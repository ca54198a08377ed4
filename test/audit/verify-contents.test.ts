import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Evidence } from '../../src/audit/evidence.ts';
import type { Finding } from '../../src/audit/finding.ts';
import { openBundleFile } from '../../src/audit/open-bundle-file.ts';
import { verifyContents } from '../../src/audit/verify-contents.ts';
import { writeBundle } from '../../src/audit/write-bundle.ts';
import type { Hex } from '../../src/base/bytes.ts';
import { MAXIMUM_SEGMENTS } from '../../src/protocol/announcement.ts';
import { memberAccount } from '../builders.ts';
import { type SyntheticStudy, syntheticStudy } from './synthetic-study.ts';

let folder: string;
let honest: SyntheticStudy;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'consilium-contents-'));
  honest = await syntheticStudy();
});
afterAll(() => rm(folder, { recursive: true }));

async function verify(
  evidence: Evidence,
  blobs: ReadonlyMap<Hex, Uint8Array> = honest.blobs,
): Promise<readonly Finding[]> {
  const path = join(folder, 'bundle.car');
  await writeBundle(path, evidence, honest.manifest, async (digest) => blobs.get(digest) ?? null);
  const file = await openBundleFile(path);
  try {
    return (await verifyContents(file, [])).findings;
  } finally {
    await file.close();
  }
}

const [member, round] = [memberAccount(2), 1];
const victim = () =>
  honest.evidence.announcements.find(({ record }) => record.member === member && record.round === round);

test('an honest bundle has no finding', async () => {
  expect(await verify(honest.evidence)).toEqual([]);
});

test('a segment, a recipe and metrics that are not in the bundle are each told at their place', async () => {
  const { record, segments } = victim() ?? {};
  const blobs = new Map(honest.blobs);
  for (const digest of [segments?.[1], record?.recipe, record?.metrics]) blobs.delete(digest ?? '0x');
  expect(await verify(honest.evidence, blobs)).toEqual([
    { code: 'audit/recipe-missing', member, round: round - 1, message: expect.any(String) },
    { code: 'audit/metrics-missing', member, round, message: expect.any(String) },
    { code: 'audit/block-missing', member, round, segment: 1, message: expect.any(String) },
  ]);
});

test('digests that do not lead to the update are told, although the blocks are there', async () => {
  const announcements = honest.evidence.announcements.map((each) =>
    each === victim() ? { ...each, segments: each.segments.toReversed() } : each,
  );
  expect(await verify({ ...honest.evidence, announcements })).toContainEqual(
    expect.objectContaining({ code: 'audit/segments-mismatch', member, round }),
  );
});

test('every finding is told, however many there are', async () => {
  const [announcement] = honest.evidence.announcements;
  const digestOf = (n: number): Hex => `0x${n.toString(16).padStart(64, '0')}`;
  const announcements = Array.from({ length: 300 }, (_, i) => ({
    ...(announcement as NonNullable<typeof announcement>),
    segments: Array.from({ length: MAXIMUM_SEGMENTS }, (_, j) => digestOf(1 + i * MAXIMUM_SEGMENTS + j)),
  }));
  const missing = (await verify({ ...honest.evidence, announcements })).filter(
    ({ code }) => code === 'audit/block-missing',
  );
  expect(missing).toHaveLength(300 * MAXIMUM_SEGMENTS);
});
