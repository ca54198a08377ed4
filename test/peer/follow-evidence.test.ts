import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Hex } from '../../src/base/bytes.ts';
import type { Clock } from '../../src/base/clock.ts';
import { createLedgerIndex } from '../../src/ledger/ledger-index.ts';
import { architectureSchema } from '../../src/model/architecture.ts';
import { layoutOf } from '../../src/model/parameter-layout.ts';
import { createBlobStore } from '../../src/peer/blob-store.ts';
import { followEvidence } from '../../src/peer/observe/follow-evidence.ts';
import type { ObserverEvent } from '../../src/peer/observe/observer-event.ts';
import { openPeerStore } from '../../src/peer/peer-store.ts';
import { contributionDigest, signDigest } from '../../src/protocol/signature.ts';
import { type Cheat, MEMBERS, ROUNDS, type SyntheticStudy, syntheticStudy } from '../audit/synthetic-study.ts';
import { DOMAIN, memberAccount, memberKey } from '../builders.ts';

const ALL = MEMBERS * (ROUNDS + 1);

let folder: string;
let honest: SyntheticStudy;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'consilium-observe-'));
  honest = await syntheticStudy();
});
afterAll(() => rm(folder, { recursive: true }));

let places = 0;
/** An observer that comes when the study is over, beside members that hand over all but some blobs. */
async function observer(
  study: SyntheticStudy,
  { without = [], recordsOnly = false }: { without?: readonly Hex[]; recordsOnly?: boolean } = {},
) {
  const place = join(folder, String(places++));
  const store = openPeerStore(`${place}.db`);
  const index = createLedgerIndex(study.ledger, study.evidence.study);
  await index.refresh();
  const events: ObserverEvent[] = [];
  const asked: Hex[] = [];
  let now = 0;
  const clock: Clock = { now: () => now, wait: async () => {} };
  const { parameterCount } = layoutOf(architectureSchema.parse(study.manifest.architecture));
  const follower = followEvidence({
    clock,
    index,
    store,
    blobs: createBlobStore(`${place}.blobs`),
    terms: { manifest: study.manifest, parameterCount, recordsOnly },
    emit: (event) => void events.push(event),
    network: {
      connectedMembers: () => [1, 2].map(memberAccount),
      catchUp: async (round) => {
        for (const each of study.evidence.announcements.filter(({ record }) => record.round === round)) {
          if (store.announcement(each.record.member, round) !== null) continue;
          store.addAnnouncement(each);
          follower.add(each);
        }
      },
      obtain: async (orders, keep) => {
        const got = new Set<Hex>();
        for (const { digest, maximumBytes } of orders) {
          asked.push(digest);
          const bytes = without.includes(digest) ? undefined : study.blobs.get(digest);
          if (bytes === undefined || bytes.length > maximumBytes) continue;
          await keep(digest, bytes);
          got.add(digest);
        }
        return got;
      },
    },
  });
  const look = async (times: number): Promise<void> => {
    for (let i = 0; i < times; i++) {
      now += 500;
      await follower.look(new AbortController().signal);
    }
  };
  return { look, follower, store, events, asked };
}

const cheating = (cheat: Omit<Cheat, 'member' | 'round'>) => syntheticStudy({ member: 2, round: 1, ...cheat });

describe('an observer', () => {
  test('that comes late gets what was said before, a few rounds at a time, and verifies all of it', async () => {
    const { look, follower, events, store } = await observer(honest);
    await look(1);
    expect(follower.observed().verified).toBeLessThan(ALL);
    await look(9);
    expect(follower.observed()).toEqual({ contributions: ALL, verified: ALL, missing: 0, findings: 0 });
    expect(new Set(events.map(({ event }) => event))).toEqual(new Set(['observer.verified']));
    store.close();
  });

  test('finds figures that are not those of the contribution, or that nobody asked for, and names them', async () => {
    const another = await cheating({ metrics: (metrics) => ({ ...metrics, round: 2 }) });
    const groups = [{ by: 'sex' as const, group: 'female', figures: null }];
    const unasked = await cheating({
      metrics: (metrics) => ({
        ...metrics,
        type: 'consilium/metrics/2',
        heldOut: { ...metrics.heldOut, subgroups: groups },
      }),
    });
    for (const study of [another, unasked]) {
      const { look, follower, events, store } = await observer(study);
      await look(10);
      const found = events.filter(({ event }) => event === 'observer.finding');
      expect(found).toMatchObject([{ code: 'audit/metrics-mismatch', member: memberAccount(2), round: 1 }]);
      expect(follower.observed()).toMatchObject({ verified: ALL - 1, findings: 1 });
      store.close();
    }
  });

  test('finds a record that its member signed otherwise than the ledger has it', async () => {
    const { look, follower, events, store } = await observer(honest);
    const [theirs] = honest.evidence.announcements.filter(({ record }) => record.round === 1);
    if (theirs === undefined) throw new Error('no announcement');
    const record = { ...theirs.record, samples: 9999 };
    const other = { ...theirs, record, signature: signDigest(memberKey(1), contributionDigest(DOMAIN, record)) };
    store.addAnnouncement(other);
    follower.add(other);
    await look(10);
    const found = events.filter(({ event }) => event === 'observer.finding');
    expect(found).toMatchObject([{ code: 'audit/record-missing', member: memberAccount(1), round: 1 }]);
    store.close();
  });

  test('says how much it lacks, and asks for it again once in a while', async () => {
    const [first] = honest.evidence.announcements;
    const [segment = '0x', metrics = '0x'] = [first?.segments[0], first?.record.metrics];
    const { look, follower, asked, store } = await observer(honest, { without: [segment, metrics] });
    await look(20); // ten seconds
    expect(follower.observed()).toMatchObject({ verified: ALL - 1, missing: 2, findings: 0 });
    const times = asked.filter((digest) => digest === metrics).length;
    expect(times).toBeGreaterThanOrEqual(2);
    expect(times).toBeLessThanOrEqual(10);
    store.close();
  });

  test('of records only leaves updates where they are, and verifies what was signed all the same', async () => {
    const { look, follower, asked, store } = await observer(honest, { recordsOnly: true });
    await look(10);
    expect(follower.observed()).toEqual({ contributions: ALL, verified: ALL, missing: 0, findings: 0 });
    const updates = new Set(honest.evidence.announcements.flatMap(({ segments }) => segments));
    expect(asked.filter((digest) => updates.has(digest))).toEqual([]);
    store.close();
  });
});
