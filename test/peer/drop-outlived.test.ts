import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Hex } from '../../src/base/bytes.ts';
import { createBlobStore } from '../../src/peer/blob-store.ts';
import { dropOutlived } from '../../src/peer/drop-outlived.ts';
import { openPeerStore } from '../../src/peer/peer-store.ts';
import type { Manifest } from '../../src/protocol/manifest.ts';
import { announcement } from '../builders.ts';

const manifest = { staleness: { boundRounds: 2, discount: 0.5 } } as Manifest;

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'consilium-outlived-'));
});
afterEach(() => rm(folder, { recursive: true }));

test('what a member kept to itself goes when nothing can need it any more, neither its next round nor a rollback', async () => {
  const store = openPeerStore(join(folder, 'peer.db'));
  const privateBlobs = createBlobStore(join(folder, 'private'));
  const put = (text: string): Promise<Hex> => privateBlobs.put(Buffer.from(text));
  const same = await put('nothing left unsaid');
  store.addAnnouncement(announcement(1));
  store.addAnnouncement(announcement(2, { round: 9 })); // the second member comes in round 9
  for (let round = 0; round <= 14; round++) {
    store.keepResidual(round, [await put(`residual ${round}`), null, same]);
    store.keepVelocity(round, [await put(`velocity ${round}`)]);
    await dropOutlived({ manifest, store, privateBlobs }, round + 1);
  }
  // 0 and 1 for a first mix in rounds 0 to 2, 8 to 10 for one in rounds 9 to 11, 14 for the next round.
  const kept = [0, 1, 8, 9, 10, 14];
  expect([...new Set(store.privateState().map(({ round }) => round))]).toEqual(kept);
  const files = (await readdir(join(folder, 'private'), { recursive: true, withFileTypes: true })).filter((entry) =>
    entry.isFile(),
  );
  expect(files).toHaveLength(2 * kept.length + 1);
  expect(store.residualBefore(9)).toHaveLength(3);
  expect(await privateBlobs.has(same)).toBe(true);
  store.close();
});
