import { sameBytes, sha256 } from '../base/bytes.ts';

/**
 * Merkle trees in the shape of RFC 6962, section 2.1: leaves are hashed after a 0x00 byte, nodes after a 0x01 byte, and a tree
 * of n leaves splits at the largest power of two below n. So no node can pass for a leaf, and no leaf is counted twice.
 */
const LEAF = new Uint8Array([0]);
const NODE = new Uint8Array([1]);

const hashLeaf = (leaf: Uint8Array): Uint8Array => sha256(LEAF, leaf);
const hashNode = (left: Uint8Array, right: Uint8Array): Uint8Array => sha256(NODE, left, right);

function splitPoint(leaves: number): number {
  let split = 1;
  while (split * 2 < leaves) split *= 2;
  return split;
}

/**
 * @param leaves the leaves' bytes in order, at least one
 * @returns 32 bytes
 */
export function merkleRoot(leaves: readonly Uint8Array[]): Uint8Array {
  const [first] = leaves;
  if (first === undefined) return sha256();
  if (leaves.length === 1) return hashLeaf(first);
  const split = splitPoint(leaves.length);
  return hashNode(merkleRoot(leaves.slice(0, split)), merkleRoot(leaves.slice(split)));
}

/** The hashes that prove that `leaves[index]` is under the root, from the leaf upwards. */
export function merkleProof(leaves: readonly Uint8Array[], index: number): Uint8Array[] {
  if (leaves.length <= 1) return [];
  const split = splitPoint(leaves.length);
  const [left, right] = [leaves.slice(0, split), leaves.slice(split)];
  return index < split
    ? [...merkleProof(left, index), merkleRoot(right)]
    : [...merkleProof(right, index - split), merkleRoot(left)];
}

/** What a proof is about: the leaf's bytes, its index, the number of leaves, and the root to reach. */
export interface MerkleClaim {
  readonly leaf: Uint8Array;
  readonly index: number;
  readonly leaves: number;
  readonly root: Uint8Array;
}

/** True if `proof` leads from the claim's leaf to its root, with no hash missing and none left over. */
export function verifyMerkleProof(claim: MerkleClaim, proof: readonly Uint8Array[]): boolean {
  if (!Number.isInteger(claim.index) || claim.index < 0 || claim.index >= claim.leaves) return false;
  const turns: boolean[] = []; // from the root down: true where the leaf lies in the right half
  let [index, leaves] = [claim.index, claim.leaves];
  while (leaves > 1) {
    const split = splitPoint(leaves);
    const isRight = index >= split;
    turns.push(isRight);
    [index, leaves] = isRight ? [index - split, leaves - split] : [index, split];
  }
  if (turns.length !== proof.length) return false;
  const reached = proof.reduce(
    (hash, sibling) => (turns.pop() ? hashNode(sibling, hash) : hashNode(hash, sibling)),
    hashLeaf(claim.leaf),
  );
  return sameBytes(reached, claim.root);
}
