import { createWriteStream } from 'node:fs';
import { rename } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { CarWriter } from '@ipld/car';
import { type Hex, sha256, toHex } from '../base/bytes.ts';
import { encodeCanonical } from '../base/canonical.ts';
import { blockCid, segmentCid } from '../protocol/content-id.ts';
import type { Manifest } from '../protocol/manifest.ts';
import { type Evidence, encodeEvidence } from './evidence.ts';

/** Where the blocks come from; null for one that nobody holds. */
export type BlobReader = (digest: Hex) => Promise<Uint8Array | null>;

/**
 * Writes an evidence bundle: one CAR file (https://ipld.io/specs/transport/car/carv1/) whose root is the evidence, followed by the
 * manifest and by every block that the records name. Blocks that nobody holds are left out; the audit will miss them.
 * The file appears under its name only when it is complete.
 */
export async function writeBundle(
  path: string,
  evidence: Evidence,
  manifest: Manifest,
  read: BlobReader,
): Promise<void> {
  const root = encodeEvidence(evidence);
  const rootCid = blockCid(toHex(sha256(root)));
  const { writer, out } = CarWriter.create([rootCid]);
  const scratch = `${path}.partial`;
  const written = pipeline(Readable.from(out), createWriteStream(scratch));
  await writer.put({ cid: rootCid, bytes: root });
  await writer.put({ cid: blockCid(evidence.study), bytes: encodeCanonical(manifest) });
  for (const { digest, cid } of namedBlocks(evidence)) {
    const bytes = await read(digest);
    if (bytes !== null) await writer.put({ cid, bytes });
  }
  await writer.close();
  await written;
  await rename(scratch, path);
}

/** Every block that the evidence names, each once: segments, recipes, metrics. */
function namedBlocks(evidence: Evidence) {
  const segments = [evidence.initialModel, ...evidence.announcements.map((a) => a.segments)].flat();
  const documents = evidence.announcements.flatMap(({ record }) => [record.recipe, record.metrics]);
  const blocks = [
    ...segments.map((digest) => ({ digest, cid: segmentCid(digest) })),
    ...documents.filter((digest) => !/^0x0+$/.test(digest)).map((digest) => ({ digest, cid: blockCid(digest) })),
  ];
  return new Map(blocks.map((block) => [block.digest, block])).values();
}
