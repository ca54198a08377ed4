import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { createBlobStore } from '../../src/peer/blob-store.ts';
import { participation } from '../../src/protocol/participation.ts';
import { decodeRecipe } from '../../src/protocol/recipe.ts';
import { memberAccount } from '../builders.ts';
import { eventually } from '../eventually.ts';
import {
  type LightFederation,
  type LightFederationOptions,
  startLightFederation,
} from '../faults/gossip/light-federation.ts';

const WITHIN = 120_000;

let federation: LightFederation | null = null;
afterEach(async () => {
  await federation?.stop();
  federation = null;
});

async function start(options: Omit<LightFederationOptions, 'seed'>): Promise<LightFederation> {
  federation = await startLightFederation({ seed: 'churn', ...options });
  return federation;
}

const reaches = (of: LightFederation, place: number, round: number): Promise<void> =>
  eventually(() => {
    expect(of.peers[place]?.failure()).toBeNull();
    expect(of.peers[place]?.round()).toBeGreaterThanOrEqual(round);
  }, WITHIN);

/** The contributions of a member that another's mixes took in late, by the recipes of its own records. */
async function lateMixes(of: LightFederation, folder: string, from: number): Promise<number> {
  const peer = of.peers[0];
  if (peer === undefined) return 0;
  const blobs = createBlobStore(join(folder, '1.blobs'));
  let late = 0;
  for (const { record } of peer.store.announcements()) {
    if (record.member !== peer.account || record.round === 0) continue;
    const bytes = await blobs.get(record.recipe);
    const recipe = bytes && decodeRecipe(bytes);
    late +=
      recipe?.entries.filter((entry) => entry.member === memberAccount(from) && entry.round < recipe.round).length ?? 0;
  }
  return late;
}

describe('a study goes on', () => {
  test('while one site is twenty times slower; its work is mixed when it comes, and it stays with the others', async () => {
    const of = await start({
      members: 4,
      epochMilliseconds: 100,
      epochOf: (place) => (place === 3 ? 6_000 : 100),
      terms: {
        staleness: { boundRounds: 1000, discount: 0.95 },
        waiting: { quorum: 0.66, graceSeconds: 0.3, lostGraceSeconds: 0.3 },
      },
    });
    await reaches(of, 0, 8);
    await eventually(() => expect(of.peers[3]?.adopted.length).toBeGreaterThanOrEqual(1), WITHIN);
    const there = of.peers[0]?.round() ?? 0;
    await reaches(of, 3, Math.min(there, 8)); // where the others were, not one round after its first
    await eventually(async () => expect(await lateMixes(of, of.folder, 4)).toBeGreaterThanOrEqual(1), WITHIN);
    const log = await of.ledger.entries(of.study, 0);
    const [, , , slow] = participation(log, { rounds: 50_000, waiting: { quorum: 0.66 } });
    expect(slow?.rounds.filter(({ part }) => part === 'late').length).toBeGreaterThanOrEqual(1);
  }, 300_000);

  test('without a member that falls silent while connected, after one grace period; and waits for it again when it speaks', async () => {
    let silent = false;
    const of = await start({
      members: 4,
      epochMilliseconds: 100,
      epochOf: () => 100,
      terms: {
        staleness: { boundRounds: 3, discount: 0.5 },
        waiting: { quorum: 0.66, graceSeconds: 2, lostGraceSeconds: 1 },
      },
      pausedAt: (place) => place === 3 && silent,
    });
    await reaches(of, 0, 2);
    silent = true;
    const before = of.peers[0]?.round() ?? 0;
    await reaches(of, 0, before + 4);
    expect(of.peers[0]?.network.connectedMembers()).toContain(memberAccount(4)); // it is there, and says nothing
    silent = false;
    await reaches(of, 3, before + 4);
  }, 300_000);

  test('and takes in a member that joins later, from its first round on', async () => {
    const of = await start({ members: 4, late: 1, epochMilliseconds: 100 });
    await reaches(of, 0, 3);
    const peer = await of.start(3);
    await eventually(() => expect(peer.adopted).toHaveLength(1), WITHIN);
    expect(peer.adopted[0]).toBeGreaterThanOrEqual(3);
    await eventually(() => {
      const record = of.peers[0]?.store
        .announcements()
        .find(({ record }) => record.member === memberAccount(4))?.record;
      const theirs =
        record && of.peers[0]?.store.announcements().filter(({ record: each }) => each.round === record.round);
      expect(theirs?.some(({ record: each }) => each.member !== memberAccount(4) && each.base === record?.base)).toBe(
        true,
      );
    }, WITHIN);
    const log = await of.ledger.entries(of.study, 0);
    const joined = log.find((entry) => entry.kind === 'joined' && entry.record.member === memberAccount(4));
    expect(joined?.record).toMatchObject({ position: 3 });
  }, 300_000);

  test('and a peer that was away for many rounds is where the others are soon after its start', async () => {
    const of = await start({ members: 4, epochMilliseconds: 20 });
    await reaches(of, 3, 1);
    await of.peers[3]?.stop();
    for (const other of [0, 1, 2]) await reaches(of, other, 25); // one alone may be a round ahead of the quorum
    const back = await of.start(3);
    await eventually(() => expect(back.adopted.length).toBeGreaterThanOrEqual(1), WITHIN);
    expect(back.adopted[0]).toBeGreaterThanOrEqual(25);
    await reaches(of, 3, (back.adopted[0] ?? 0) + 1);
  }, 300_000);
});
