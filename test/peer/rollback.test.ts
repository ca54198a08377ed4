import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { auditStudy } from '../../src/audit/audit-study.ts';
import { checkPredecessor } from '../../src/audit/check-predecessor.ts';
import { type Bundle, openBundle } from '../../src/audit/read-bundle.ts';
import { signedRecords } from '../../src/audit/signed-records.ts';
import type { Hex } from '../../src/base/bytes.ts';
import { composeSuccessor } from '../../src/peer/compose-successor.ts';
import { copyStart } from '../../src/peer/continue-member.ts';
import { type Manifest, manifestSchema, studyOf } from '../../src/protocol/manifest.ts';
import { memberAccount } from '../builders.ts';
import { eventually } from '../eventually.ts';
import { filesOf, writeLightBundle } from '../faults/gossip/light-evidence.ts';
import {
  type LightFederation,
  type LightFederationOptions,
  lightManifest,
  startLightFederation,
} from '../faults/gossip/light-federation.ts';

const WITHIN = 300_000;
const ROUNDS = 6;
const STAYING = [0, 1, 2, 3];
const LEAVER = 4;

let folder: string;
const federations: LightFederation[] = [];
const bundles: Bundle[] = [];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'consilium-rollback-'));
});
afterAll(async () => {
  for (const bundle of bundles) await bundle.close();
  await Promise.all(federations.map((federation) => federation.stop()));
  await rm(folder, { recursive: true });
});

/** Four begin, a fifth may join; rounds end with everybody only; updates leave something unsaid, and steps have a velocity. */
function termsOf(title: string): Manifest {
  const light = lightManifest({ seed: 'rollback', members: 5 });
  return manifestSchema.parse({
    ...light,
    title,
    rounds: ROUNDS,
    minimumMembers: STAYING.length,
    codec: { name: 'int8', blockLength: 64 },
    training: { ...light.training, outer: { learningRate: 0.7, momentum: 0.9 } },
    waiting: { quorum: 1, graceSeconds: 600, lostGraceSeconds: 600 },
  });
}

/** Rounds last long enough for who joins to be on time with all others: equality supposes that nobody is late. */
async function begin(manifest: Manifest, more: Partial<LightFederationOptions> = {}): Promise<LightFederation> {
  const options = { seed: 'rollback', members: STAYING.length, epochMilliseconds: 1_200, manifest };
  const federation = await startLightFederation({ ...options, ...more });
  federations.push(federation);
  return federation;
}

/** The models that the four end with. */
async function finalModels(federation: LightFederation): Promise<(Hex | undefined)[]> {
  await eventually(() => {
    for (const place of STAYING) {
      expect(federation.peers[place]?.failure()).toBeNull();
      expect(federation.peers[place]?.store.progress()?.round).toBe(ROUNDS);
    }
  }, WITHIN);
  return STAYING.map((place) => federation.peers[place]?.store.progress()?.base);
}

/** The evidence of peers that have stopped. */
async function bundleOf(manifest: Manifest, of: LightFederation, places: readonly number[]): Promise<Bundle> {
  const path = join(folder, `${studyOf(manifest)}.car`);
  await writeLightBundle(path, manifest, of, places);
  const bundle = await openBundle(path);
  bundles.push(bundle);
  return bundle;
}

/** A study of five, stopped when the fifth, which came later, has been mixed; it withdraws. */
async function runUntilReached(manifest: Manifest): Promise<LightFederation> {
  const of = await begin(manifest, { members: 5, late: 1 });
  const known = () => of.peers[0]?.store.announcements().map(({ record }) => record) ?? [];
  await eventually(() => expect(of.peers[0]?.round()).toBeGreaterThanOrEqual(1), WITHIN);
  await of.start(LEAVER);
  await eventually(() => {
    const first = known().find(({ member }) => member === memberAccount(LEAVER + 1))?.round ?? Infinity;
    const after = known().filter(({ member, round }) => member !== memberAccount(LEAVER + 1) && round > first);
    expect(after.length).toBeGreaterThanOrEqual(STAYING.length);
  }, WITHIN);
  await Promise.all(of.peers.map((peer) => peer.stop()));
  await of.ledger.as(memberAccount(LEAVER + 1)).withdraw(of.study);
  return of;
}

test('five go on without the one that withdrew, and four end with the models of the run that never had it, bit for bit', async () => {
  const leaver = memberAccount(LEAVER + 1);
  const before = termsOf('five');
  const five = await runUntilReached(before);
  const seen = await bundleOf(before, five, [...STAYING, LEAVER]);

  const { manifest, withoutBase, taint } = await composeSuccessor(seen, [leaver]);
  const round = manifest.continues?.round ?? 0;
  expect([manifest.continues?.without, manifest.minimumMembers, withoutBase, taint.unread]).toEqual([
    [leaver],
    4,
    [],
    [],
  ]);
  expect(round).toBeGreaterThanOrEqual(1);
  const bases = new Set(manifest.continues?.bases.map(({ base }) => base));
  expect(bases.size).toBeGreaterThan(1); // the four had drifted apart: each goes on from its own
  expect(studyOf((await composeSuccessor(seen, [leaver])).manifest)).toBe(studyOf(manifest)); // anybody makes the same

  const after = await mkdtemp(join(folder, 'after-'));
  for (const place of STAYING) {
    const account = memberAccount(place + 1);
    await copyStart(filesOf(five.folder, place), filesOf(after, place), { manifest, account });
  }
  const four = await begin(manifest, { ledger: five.ledger, folder: after });
  const never = await begin(termsOf('four'));
  const [models, unseen] = [await finalModels(four), await finalModels(never)];
  expect(models).toEqual(unseen);
  expect(models.every((model) => model !== undefined)).toBe(true);

  // The control: with the fifth it came out otherwise, from the first mix that it was in.
  await Promise.all(four.peers.map((peer) => peer.stop()));
  const continued = await bundleOf(manifest, four, STAYING);
  const baseIn = (bundle: Bundle, place: number, of: number) =>
    signedRecords(bundle.evidence).get(`${of}/${memberAccount(place + 1)}`)?.base;
  for (const place of STAYING) {
    expect(baseIn(continued, place, round)).toBe(baseIn(seen, place, round));
    expect(baseIn(continued, place, round + 1)).not.toBe(baseIn(seen, place, round + 1));
  }

  const options = { ledger: five.ledger };
  const clean = await auditStudy(continued, { ...options, predecessor: seen });
  expect([clean.findings, clean.notices]).toEqual([[], []]);
  expect(clean.records.mixesReplayed).toBe(STAYING.length * (ROUNDS - round));
  expect((await auditStudy(continued, options)).notices).toMatchObject([
    { message: expect.stringContaining('bundle of that study') },
  ]);

  // One that begins a round later has the work of the fifth in it; one with a base that nobody signed may have anything.
  const startsAt = (of: number): Manifest => {
    const records = [...signedRecords(seen.evidence).values()];
    const bases = (manifest.continues?.bases ?? []).map(({ member }) => {
      const record = records.find((each) => each.member === member && each.round === of);
      return { member, base: record?.base ?? '0x', recipe: record?.recipe ?? '0x' };
    });
    return { ...manifest, continues: { study: studyOf(before), without: [leaver], round: of, bases } };
  };
  const messagesOf = async (odd: Manifest) => (await checkPredecessor(odd, seen)).map(({ message }) => message);
  expect(await messagesOf(startsAt(round))).toEqual([]);
  expect(new Set(await messagesOf(startsAt(round + 1)))).toEqual(new Set([expect.stringContaining('had reached')]));
  const later = startsAt(round + 1).continues;
  const unsigned = later === null ? null : { ...later, round };
  expect(new Set(await messagesOf({ ...manifest, continues: unsigned }))).toEqual(
    new Set([expect.stringContaining('had not signed')]),
  );
  await expect(auditStudy(seen, { ...options, predecessor: continued })).rejects.toMatchObject({
    code: 'audit/not-the-predecessor',
  });
}, 900_000);
