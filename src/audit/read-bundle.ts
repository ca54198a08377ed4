import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { CarBlockIterator, CarIndexedReader } from '@ipld/car';
import { type Hex, sha256, toHex } from '../base/bytes.ts';
import { decodeCanonical } from '../base/canonical.ts';
import { messageOf } from '../base/errors.ts';
import { blockCid, digestOfCid, segmentCid } from '../protocol/content-id.ts';
import { type Manifest, manifestSchema } from '../protocol/manifest.ts';
import { AuditError } from './audit-error.ts';
import { decodeEvidence, type Evidence } from './evidence.ts';

/** An evidence bundle, opened. Blocks are read from the file when they are asked for. */
export interface Bundle {
  readonly evidence: Evidence;
  /** Null if the bundle's manifest is not the one that the study is named after. */
  readonly manifest: Manifest | null;
  /** SHA-256 that some block's identifier claims and its bytes do not have. */
  readonly damaged: ReadonlySet<Hex>;
  /** A segment's bytes, or null if they are not in the bundle or are damaged. */
  segment(digest: Hex): Promise<Uint8Array | null>;
  /** A recipe's or metrics' bytes, likewise. */
  document(digest: Hex): Promise<Uint8Array | null>;
  close(): Promise<void>;
}

/** The root holds the records and the log; everything else may be larger. */
const MAXIMUM_ROOT_BYTES = 256 * 1024 * 1024;

/**
 * Opens a bundle and hashes every block of it once.
 * @throws AuditError `audit/bundle-unreadable` if it is no CAR file, or its root is missing or damaged
 */
export async function openBundle(path: string): Promise<Bundle> {
  try {
    if (!(await stat(path)).isFile()) throw new Error('not a file');
    const damaged = await findDamage(path);
    const reader = await CarIndexedReader.fromFile(path);
    const [root] = await reader.getRoots();
    const block = root === undefined ? undefined : await reader.get(root);
    const digest = root === undefined ? null : digestOfCid(root);
    if (block === undefined || digest === null || damaged.has(digest) || block.bytes.length > MAXIMUM_ROOT_BYTES) {
      await reader.close();
      throw new Error('the root block is missing or damaged');
    }
    const evidence = decodeEvidence(block.bytes);
    const read = async (cid: ReturnType<typeof segmentCid>): Promise<Uint8Array | null> => {
      const claimed = digestOfCid(cid);
      if (claimed === null || damaged.has(claimed)) return null;
      return (await reader.get(cid))?.bytes ?? null;
    };
    return {
      evidence,
      manifest: parseManifestBlock(await read(blockCid(evidence.study))),
      damaged,
      segment: (segmentDigest) => read(segmentCid(segmentDigest)),
      document: (documentDigest) => read(blockCid(documentDigest)),
      close: () => reader.close(),
    };
  } catch (cause) {
    throw new AuditError(
      'audit/bundle-unreadable',
      `${path} is not an evidence bundle (${messageOf(cause).split('\n')[0]}); export it again`,
      {
        cause,
      },
    );
  }
}

async function findDamage(path: string): Promise<Set<Hex>> {
  const damaged = new Set<Hex>();
  for await (const { cid, bytes } of await CarBlockIterator.fromIterable(createReadStream(path))) {
    const claimed = digestOfCid(cid);
    const found = toHex(sha256(bytes));
    if (claimed !== found) damaged.add(claimed ?? found);
  }
  return damaged;
}

/** The bytes are those that the study's name is the digest of, so only an impossible manifest fails here. */
function parseManifestBlock(bytes: Uint8Array | null): Manifest | null {
  if (bytes === null) return null;
  const parsed = manifestSchema.safeParse(decodeCanonical(bytes));
  return parsed.success ? parsed.data : null;
}
