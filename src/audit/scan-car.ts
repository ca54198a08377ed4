import { createHash } from 'node:crypto';
import { CID } from 'multiformats/cid';
import { decode as decodeVarint, encodingLength } from 'uint8-varint';
import { type Hex, toHex } from '../base/bytes.ts';
import { decodeCanonical } from '../base/canonical.ts';
import { messageOf } from '../base/errors.ts';
import { blockName, digestOfCid } from '../protocol/content-id.ts';
import type { ByteSource } from './byte-source.ts';
import { type FileWindow, openWindow } from './file-window.ts';

/** A block as it lies in a CAR file. */
export interface CarSection {
  /** Where the section, and where its block begins. */
  readonly offset: number;
  readonly start: number;
  /** Bytes of the block. */
  readonly length: number;
  /** Codec and digest that the section claims, see `blockName`. */
  readonly name: string;
  readonly digest: Hex;
  /** True if the bytes have that digest. */
  readonly isIntact: boolean;
}

/** Where a file stops being a CAR file. */
export interface CarBreak {
  readonly offset: number;
  readonly reason: string;
}

export interface CarScan {
  /** SHA-256 of the root block; null if the header cannot be read. */
  readonly root: Hex | null;
  readonly sections: readonly CarSection[];
  readonly broken: CarBreak | null;
}

const MAXIMUM_VARINT_BYTES = 8;
/** CIDv1, codec, SHA-256, 32 bytes. */
const CID_BYTES = 36;
const MAXIMUM_HEADER_BYTES = 1024;
const RAW = 0x55;
const DAG_CBOR = 0x71;

/**
 * Reads a CARv1 file once, from front to back, and hashes every block; memory holds one window of the file and a line for each block.
 * Stops where the framing breaks: nobody can say where the next section begins.
 * @param onProgress told after each block how many bytes were read
 */
export async function scanCar(source: ByteSource, onProgress: (bytes: number) => void = () => {}): Promise<CarScan> {
  const window = openWindow(source);
  const sections: CarSection[] = [];
  let [offset, root]: [number, Hex | null] = [0, null];
  try {
    const header = await readHeader(window);
    [offset, root] = [header.end, header.root];
    while (offset < window.size) {
      const section = await readSection(window, offset);
      sections.push(section);
      offset = section.start + section.length;
      onProgress(offset);
    }
    return { root, sections, broken: null };
  } catch (error) {
    return { root, sections, broken: { offset, reason: messageOf(error).split('\n')[0] ?? '' } };
  }
}

async function readHeader(window: FileWindow): Promise<{ root: Hex; end: number }> {
  const { start, length } = await readLength(window, 0);
  if (length > MAXIMUM_HEADER_BYTES) throw new Error('the header is too long');
  const header = decodeCanonical(await window.at(start, length));
  const { version, roots } = header as { version?: unknown; roots?: unknown };
  const [cid, ...more] = Array.isArray(roots) ? roots : [];
  const root = CID.asCID(cid);
  const digest = root === null || root.code !== DAG_CBOR ? null : digestOfCid(root);
  if (version !== 1 || digest === null || more.length > 0 || Object.keys(header as object).length !== 2) {
    throw new Error('the header is not that of a CARv1 file with one DAG-CBOR root');
  }
  return { root: digest, end: start + length };
}

async function readSection(window: FileWindow, offset: number): Promise<CarSection> {
  const { start, length } = await readLength(window, offset);
  if (length <= CID_BYTES) throw new Error('a section is too short for a block and its name');
  const [version, codec = 0, hash, size, ...digestBytes] = await window.at(start, CID_BYTES);
  if (version !== 1 || (codec !== RAW && codec !== DAG_CBOR) || hash !== 0x12 || size !== 32) {
    throw new Error('a section does not begin with the name of a block: CIDv1, raw or DAG-CBOR, SHA-256');
  }
  const digest = toHex(Uint8Array.from(digestBytes));
  const block = { start: start + CID_BYTES, length: length - CID_BYTES };
  const isIntact = (await hashRange(window, block)) === digest;
  return { offset, ...block, name: blockName(codec, digest), digest, isIntact };
}

/** The length of a header or section, and where its bytes begin. @throws Error if it does not fit into the file */
async function readLength(window: FileWindow, offset: number): Promise<{ start: number; length: number }> {
  const bytes = await window.at(offset, MAXIMUM_VARINT_BYTES);
  const length = decodeVarint(bytes);
  const used = encodingLength(length);
  if (bytes[used - 1] === undefined || (bytes[used - 1] ?? 0) >= 0x80)
    throw new Error('a length is not in its shortest form');
  if (length === 0 || offset + used + length > window.size)
    throw new Error('a length leads beyond the end of the file');
  return { start: offset + used, length };
}

async function hashRange(window: FileWindow, { start, length }: { start: number; length: number }): Promise<Hex> {
  const hash = createHash('sha256');
  for (let at = start; at < start + length; ) {
    const bytes = await window.at(at, start + length - at);
    if (bytes.length === 0) throw new Error('the file ends within a block');
    hash.update(bytes);
    at += bytes.length;
  }
  return `0x${hash.digest('hex')}`;
}
