import type { Hex } from '../base/bytes.ts';
import { documentName, segmentName } from '../protocol/content-id.ts';
import type { Manifest } from '../protocol/manifest.ts';
import { checkLayout } from './check-layout.ts';
import type { Evidence, RecordItem, RecordList } from './evidence.ts';
import type { Finding } from './finding.ts';
import { damagedBlocks, namedBlocks } from './named-blocks.ts';
import { openBundleFile } from './open-bundle-file.ts';
import { readManifest } from './read-manifest.ts';
import { checkRecordOrder } from './record-order.ts';

/** An evidence bundle, opened: the records are in memory, and other blocks are read from the file when they are asked for. */
export interface Bundle {
  readonly evidence: Evidence;
  /** Null if the bundle's manifest is not the one that the study is named after. */
  readonly manifest: Manifest | null;
  /** SHA-256 that some block's identifier claims and its bytes do not have, and where in the file it is. */
  readonly damaged: ReadonlyMap<Hex, number>;
  /** What is wrong with the file itself: framing, order of the blocks, lists that cannot be read. */
  readonly faults: readonly Finding[];
  /** A segment's bytes, or null if they are not in the bundle or are damaged. */
  segment(digest: Hex): Promise<Uint8Array | null>;
  /** A recipe's or metrics' bytes, likewise. */
  document(digest: Hex): Promise<Uint8Array | null>;
  /** False for a segment that is neither there nor there with other bytes. */
  hasSegment(digest: Hex): boolean;
  close(): Promise<void>;
}

/**
 * Opens a bundle and hashes every block of it once.
 * @throws AuditError `audit/bundle-unreadable` if it is no CAR file, or its root is missing or damaged
 */
export async function openBundle(path: string): Promise<Bundle> {
  const file = await openBundleFile(path);
  try {
    const { root, scan } = file;
    const faults: Finding[] = [];
    const load = async <L extends RecordList>(list: L): Promise<RecordItem<L>[]> => {
      const items: RecordItem<L>[] = [];
      for await (const item of file.items(list, (fault) => void faults.push(fault))) items.push(item);
      return items;
    };
    const { chainId, contract, study, initialModel } = root;
    const [log, announcements, checkpoints] = [
      await load('log'),
      await load('announcements'),
      await load('checkpoints'),
    ];
    const evidence: Evidence = { chainId, contract, study, initialModel, log, announcements, checkpoints };
    const names = new Set(scan.sections.map(({ name }) => name));
    return {
      evidence,
      manifest: await readManifest(file),
      damaged: damagedBlocks(scan),
      faults: [...faults, ...(await checkLayout(root, scan, namedBlocks(evidence))), ...checkRecordOrder(evidence)],
      segment: (digest) => file.read(segmentName(digest)),
      document: (digest) => file.read(documentName(digest)),
      hasSegment: (digest) => names.has(segmentName(digest)),
      close: () => file.close(),
    };
  } catch (error) {
    await file.close();
    throw error;
  }
}
