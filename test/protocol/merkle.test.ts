import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { toHex } from '../../src/base/bytes.ts';
import { merkleProof, merkleRoot, verifyMerkleProof } from '../../src/protocol/merkle.ts';

const leavesOf = (count: number): Uint8Array[] => Array.from({ length: count }, (_, i) => Uint8Array.of(i, 7));

describe('Merkle trees', () => {
  test('have the roots of RFC 6962', () => {
    // Roots of the tree sizes 0, 1 and 8 over the leaves that the Certificate Transparency test suites use.
    const hex = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f'];
    const leaves = hex.map((text) => Uint8Array.from(Buffer.from(text, 'hex')));
    expect(toHex(merkleRoot([]))).toBe('0xe3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
    expect(toHex(merkleRoot(leaves.slice(0, 1)))).toBe(
      '0x6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
    );
    expect(toHex(merkleRoot(leaves))).toBe('0x5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328');
  });

  test('prove every leaf, and nothing else', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), fc.nat(), fc.nat(), (count, at, wrong) => {
        const leaves = leavesOf(count);
        const index = at % count;
        const root = merkleRoot(leaves);
        const proof = merkleProof(leaves, index);
        const claim = { leaf: leaves[index] ?? new Uint8Array(), index, leaves: count, root };
        expect(verifyMerkleProof(claim, proof)).toBe(true);
        const other = wrong % count;
        if (other !== index) expect(verifyMerkleProof({ ...claim, index: other }, proof)).toBe(false);
        expect(verifyMerkleProof({ ...claim, leaf: Uint8Array.of(99) }, proof)).toBe(false);
        expect(verifyMerkleProof(claim, [...proof, root])).toBe(false);
        if (proof.length > 0) expect(verifyMerkleProof(claim, proof.slice(1))).toBe(false);
        expect(verifyMerkleProof({ ...claim, leaves: count * 2 + 1 }, proof)).toBe(false);
      }),
      { seed: 1 },
    );
  });
});
