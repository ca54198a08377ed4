import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { firstSegments } from '../audit/first-segments.ts';
import { inBundleOrder } from '../audit/record-order.ts';
import { writeBundle } from '../audit/write-bundle.ts';
import type { Hex } from '../base/bytes.ts';
import { connectLedger } from '../ledger/ethers-ledger.ts';
import { createLedgerIndex } from '../ledger/ledger-index.ts';
import { architectureSchema } from '../model/architecture.ts';
import { initialParameters } from '../model/initial-parameters.ts';
import type { Announcement } from '../protocol/announcement.ts';
import type { SignedCheckpoint } from '../protocol/checkpoint.ts';
import { parseManifest, studyOf } from '../protocol/manifest.ts';
import { segmentModel } from '../protocol/segments.ts';
import { createBlobStore } from './blob-store.ts';
import { dataFolder } from './data-folder.ts';
import { readPeerConfig } from './peer-config.ts';
import { PeerError } from './peer-error.ts';
import { openPeerStore } from './peer-store.ts';

/**
 * Writes the evidence that members' data folders hold into one bundle: signed records, and the segments, recipes and metrics that they
 * name. The peers must not be running. Data, keys and seeds stay where they are.
 * @param paths data folders of members of one study, at least one
 * @throws PeerError `peer/config-invalid`, `peer/data-folder-invalid`; LedgerError
 */
export async function exportEvidence(paths: readonly string[], out: string): Promise<{ records: number }> {
  const [first] = paths;
  if (first === undefined) throw new PeerError('peer/data-folder-invalid', 'name at least one data folder');
  const config = await readPeerConfig(dataFolder(first).config);
  const manifestPath = resolve(first, config.manifest);
  const manifest = parseManifest(await readFile(manifestPath, 'utf8'), manifestPath);
  const connection = await connectLedger({ rpcUrl: config.rpcUrl, contract: config.contract });
  try {
    const study = studyOf(manifest);
    const index = createLedgerIndex(connection, study);
    await index.refresh();
    const parameters = initialParameters(architectureSchema.parse(manifest.architecture), manifest.initialModel.seed);
    const initial = segmentModel(parameters, manifest.segments);
    const initialBlobs = new Map(initial.digests.map((digest, i) => [digest, initial.blobs[i]]));
    const stores = paths.map((path) => createBlobStore(dataFolder(path).blobs));
    const read = async (digest: Hex): Promise<Uint8Array | null> => {
      const known = initialBlobs.get(digest);
      if (known !== undefined) return known;
      for (const store of stores) {
        const bytes = await store.get(digest);
        if (bytes !== null) return bytes;
      }
      return null;
    };
    const records = collectRecords(paths, study);
    const { chainId, contract } = connection.domain;
    const evidence = inBundleOrder({
      chainId,
      contract,
      study,
      initialModel: await firstSegments(manifest, initial.digests, read),
      ...records,
      log: index.entries().map((entry) => ({ ...entry })),
    });
    await writeBundle(out, evidence, manifest, read);
    return { records: records.announcements.length + records.checkpoints.length };
  } finally {
    connection.close();
  }
}

/** The union of what the members have seen; records are the same whoever kept them. Two heads that one member signed are both kept. */
function collectRecords(
  paths: readonly string[],
  study: Hex,
): { announcements: Announcement[]; checkpoints: SignedCheckpoint[] } {
  const checkpoints = new Map<string, SignedCheckpoint>();
  const announcements = new Map<string, Announcement>();
  for (const path of paths) {
    const store = openPeerStore(dataFolder(path).database, { readOnly: true });
    try {
      for (const item of store.announcements()) {
        if (item.record.study === study) announcements.set(`${item.record.round}/${item.record.member}`, item);
      }
      for (const item of store.checkpoints()) {
        if (item.record.study === study)
          checkpoints.set(`${item.record.round}/${item.member}/${item.record.head}`, item);
      }
    } finally {
      store.close();
    }
  }
  return { announcements: [...announcements.values()], checkpoints: [...checkpoints.values()] };
}
