import * as dagCbor from '@ipld/dag-cbor';
import { CID } from 'multiformats/cid';
import * as raw from 'multiformats/codecs/raw';
import { create as createDigest } from 'multiformats/hashes/digest';
import { fromHex, type Hex, toHex } from '../base/bytes.ts';

const SHA2_256 = 0x12;

/** The CID of a segment: raw bytes under their SHA-256. */
export function segmentCid(digest: Hex): CID {
  return CID.createV1(raw.code, createDigest(SHA2_256, fromHex(digest)));
}

/** The CID of a canonical DAG-CBOR block under its SHA-256. */
export function blockCid(digest: Hex): CID {
  return CID.createV1(dagCbor.code, createDigest(SHA2_256, fromHex(digest)));
}

/** A block's codec and digest as one text, to look it up by. */
export function blockName(codec: number, digest: Hex): string {
  return `${codec}/${digest}`;
}

export const segmentName = (digest: Hex): string => blockName(raw.code, digest);
export const documentName = (digest: Hex): string => blockName(dagCbor.code, digest);

/** The SHA-256 in a CID, or null if it uses another hash function. */
export function digestOfCid(cid: CID): Hex | null {
  return cid.multihash.code === SHA2_256 ? toHex(cid.multihash.digest) : null;
}
