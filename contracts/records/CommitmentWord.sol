// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title A commitment to scores, in one word
/// @notice 26 bytes of the valuation's struct hash, two bytes that tell rounds that share a slot apart, and four bytes
/// of the block in which it was made, which become zero when it is opened.
library CommitmentWord {
    /// @dev The commitments of this many rounds are kept for each account: the length of `commitmentsOf`.
    uint32 internal constant SLOTS = 4;

    /// @dev Rounds below this are told apart: each has a slot and two bytes of its own.
    uint32 internal constant ROUNDS = SLOTS << 16;

    /// @dev What a slot holds before its first commitment: no hash begins with so many zeros.
    bytes32 internal constant EMPTY = bytes32(uint256(1));

    uint256 private constant HASH_MASK = type(uint256).max << 48;

    /// @dev The word for a commitment made now.
    function committed(bytes32 structHash, uint32 round) internal view returns (bytes32) {
        return bytes32(uint256(revealed(structHash, round)) | uint32(block.number));
    }

    /// @dev The word for the same commitment once it has been opened.
    function revealed(bytes32 structHash, uint32 round) internal pure returns (bytes32) {
        return bytes32((uint256(structHash) & HASH_MASK) | (uint256(uint16(round / SLOTS)) << 32));
    }

    /// @dev The block in which the commitment was made; zero if it has been opened.
    function blockOf(bytes32 word) internal pure returns (uint32) {
        return uint32(uint256(word));
    }

    /// @dev The word without its block: what `revealed` would give.
    function withoutBlock(bytes32 word) internal pure returns (bytes32) {
        return bytes32((uint256(word) >> 32) << 32);
    }

    /// @dev Whether the word is of an opened commitment about `round`, and not about one that used the slot before.
    function isRevealedFor(bytes32 word, uint32 round) internal pure returns (bool) {
        return blockOf(word) == 0 && uint16(uint256(word) >> 32) == uint16(round / SLOTS);
    }
}
