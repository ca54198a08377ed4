import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { createBlobStore } from '../../src/peer/blob-store.ts';
import { drainOutbox } from '../../src/peer/drain-outbox.ts';
import { openPeerStore } from '../../src/peer/peer-store.ts';
import { decodeRecipe } from '../../src/protocol/recipe.ts';
import { memberAccount } from '../builders.ts';
import { eventually } from '../eventually.ts';
import { type LightFederation, startLightFederation } from '../faults/gossip/light-federation.ts';

const WITHIN = 120_000;
const LEAVER = memberAccount(4);

let federation: LightFederation | null = null;
afterEach(async () => {
  await federation?.stop();
  federation = null;
});

/** The rounds in which a peer mixed a contribution of the member that leaves, by the recipes of its own records. */
async function roundsWithLeaver(of: LightFederation, place: number): Promise<number[]> {
  const peer = of.peers[place];
  const blobs = createBlobStore(join(of.folder, `${place + 1}.blobs`));
  const rounds: number[] = [];
  for (const { record } of peer?.store.announcements() ?? []) {
    if (record.member !== peer?.account || record.round === 0) continue;
    const bytes = await blobs.get(record.recipe);
    const recipe = bytes === null ? null : decodeRecipe(bytes);
    if (recipe?.entries.some(({ member }) => member === LEAVER) === true) rounds.push(recipe.round);
  }
  return rounds;
}

test('who withdraws is in no mix from the round on that the ledger names, and the others go on without a pause', async () => {
  const of = await startLightFederation({ seed: 'withdrawal', members: 4, epochMilliseconds: 150 });
  federation = of;
  await eventually(() => expect(of.peers[0]?.round()).toBeGreaterThanOrEqual(3), WITHIN);
  await of.peers[3]?.stop();
  const store = openPeerStore(join(of.folder, '4.db'));
  await drainOutbox({ ledger: of.ledger.as(LEAVER), study: of.study, store }, AbortSignal.timeout(WITHIN));
  store.close();
  await of.ledger.as(LEAVER).withdraw(of.study);
  const left = (await of.ledger.entries(of.study, 0)).find((entry) => entry.kind === 'withdrawn');
  const endRound = left?.kind === 'withdrawn' ? left.record.endRound : 0;
  expect(endRound).toBeGreaterThanOrEqual(3);
  await eventually(() => {
    for (const place of [0, 1, 2]) expect(of.peers[place]?.round()).toBeGreaterThanOrEqual(endRound + 4);
  }, WITHIN);
  for (const place of [0, 1, 2]) {
    const rounds = await roundsWithLeaver(of, place);
    expect(rounds.length).toBeGreaterThanOrEqual(2); // the control: it was mixed while it was there
    expect(rounds.filter((round) => round >= endRound)).toEqual([]);
  }
}, 400_000);
