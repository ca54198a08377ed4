import { join } from 'node:path';
import { firstSegments } from '../../../src/audit/first-segments.ts';
import { inBundleOrder } from '../../../src/audit/record-order.ts';
import { writeBundle } from '../../../src/audit/write-bundle.ts';
import type { Hex } from '../../../src/base/bytes.ts';
import { initialParameters } from '../../../src/model/initial-parameters.ts';
import { createBlobStore } from '../../../src/peer/blob-store.ts';
import type { MemberFiles } from '../../../src/peer/continue-member.ts';
import { openPeerStore } from '../../../src/peer/peer-store.ts';
import { type Manifest, studyOf } from '../../../src/protocol/manifest.ts';
import { segmentModel } from '../../../src/protocol/segments.ts';
import { DOMAIN } from '../../builders.ts';
import type { LightFederation } from './light-federation.ts';
import { TINY_ARCHITECTURE } from './tiny-model.ts';

/** What the peer of a place keeps in the folder of its federation. */
export const filesOf = (folder: string, place: number): MemberFiles => ({
  database: join(folder, `${place + 1}.db`),
  blobs: join(folder, `${place + 1}.blobs`),
  privateBlobs: join(folder, `${place + 1}.private`),
});

/** Writes the evidence of peers that have stopped, without their signed heads. */
export async function writeLightBundle(
  path: string,
  manifest: Manifest,
  { folder, ledger }: Pick<LightFederation, 'folder' | 'ledger'>,
  places: readonly number[],
): Promise<void> {
  const stores = places.map((place) => openPeerStore(filesOf(folder, place).database, { readOnly: true }));
  const union = <T>(read: (store: (typeof stores)[number]) => T[], keyOf: (item: T) => string): T[] => [
    ...new Map(stores.flatMap(read).map((item) => [keyOf(item), item])).values(),
  ];
  const initial = segmentModel(initialParameters(TINY_ARCHITECTURE, manifest.initialModel.seed), manifest.segments);
  const blobs = places.map((place) => createBlobStore(filesOf(folder, place).blobs));
  const read = async (digest: Hex): Promise<Uint8Array | null> => {
    const known = initial.digests.indexOf(digest);
    if (known >= 0) return initial.blobs[known] ?? null;
    for (const store of blobs) {
      const bytes = await store.get(digest);
      if (bytes !== null) return bytes;
    }
    return null;
  };
  const evidence = inBundleOrder({
    ...DOMAIN,
    study: studyOf(manifest),
    initialModel: await firstSegments(manifest, initial.digests, read),
    announcements: union(
      (store) => store.announcements(),
      ({ record }) => `${record.round}/${record.member}`,
    ),
    checkpoints: [],
    log: (await ledger.entries(studyOf(manifest), 0)).map((entry) => ({ ...entry })),
  });
  for (const store of stores) store.close();
  await writeBundle(path, evidence, manifest, read);
}
