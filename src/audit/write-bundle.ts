import { createWriteStream } from 'node:fs';
import { rename } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { CarWriter } from '@ipld/car';
import { type Hex, sha256, toHex } from '../base/bytes.ts';
import { encodeCanonical } from '../base/canonical.ts';
import { blockCid, segmentCid } from '../protocol/content-id.ts';
import type { Manifest } from '../protocol/manifest.ts';
import { type ChunkReference, type Evidence, encodeRoot, RECORD_LISTS, type RecordList } from './evidence.ts';
import { namedBlocks, nameOf } from './named-blocks.ts';
import { recordChunks } from './record-chunks.ts';

/** Where the blocks come from; null for one that nobody holds. */
export type BlobReader = (digest: Hex) => Promise<Uint8Array | null>;

/**
 * Writes an evidence bundle (docs/EVIDENCE.md): one CAR file, block by block, of which one is in memory at a time. The lists are encoded
 * twice: the root comes first and names their chunks. Blocks that nobody holds are left out; the audit will miss them.
 * The file appears under its name only when it is complete.
 */
export async function writeBundle(
  path: string,
  evidence: Evidence,
  manifest: Manifest,
  read: BlobReader,
): Promise<void> {
  const { chainId, contract, study, initialModel } = evidence;
  const refer = (list: RecordList): ChunkReference[] =>
    Array.from(recordChunks(evidence[list]), ({ digest, items }) => ({ digest, items }));
  const root = encodeRoot({
    type: 'consilium/evidence/2',
    chainId,
    contract,
    study,
    initialModel,
    log: refer('log'),
    announcements: refer('announcements'),
    checkpoints: refer('checkpoints'),
  });
  const rootCid = blockCid(toHex(sha256(root)));
  const { writer, out } = CarWriter.create([rootCid]);
  const scratch = `${path}.partial`;
  const written = pipeline(Readable.from(out), createWriteStream(scratch));
  await writer.put({ cid: rootCid, bytes: root });
  await writer.put({ cid: blockCid(study), bytes: encodeCanonical(manifest) });
  for (const list of RECORD_LISTS) {
    for (const { digest, bytes } of recordChunks(evidence[list])) await writer.put({ cid: blockCid(digest), bytes });
  }
  const seen = new Set<string>();
  for await (const block of namedBlocks(evidence)) {
    if (seen.has(nameOf(block))) continue;
    seen.add(nameOf(block));
    const bytes = await read(block.digest);
    const cid = block.kind === 'segment' ? segmentCid(block.digest) : blockCid(block.digest);
    if (bytes !== null) await writer.put({ cid, bytes });
  }
  await writer.close();
  await written;
  await rename(scratch, path);
}
