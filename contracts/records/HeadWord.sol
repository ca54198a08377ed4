// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ILedgerRecords} from "../ILedgerRecords.sol";

/// @title The head of a study's log, in one word
/// @notice 27 bytes of a running hash, one byte of state (1 open, 2 closed) and four bytes that count the entries. So
/// a head names its own place: two different heads with the same count are two different histories. A second history
/// with the same 216 bits takes about 2^108 hashes to find.
library HeadWord {
    uint256 private constant HASH_MASK = type(uint256).max << 40;

    /// @dev The head of a log without entries: bound to this chain, this contract and the study.
    function initial(bytes32 study) internal view returns (bytes32) {
        return _pack(keccak256(abi.encode(block.chainid, address(this), study)), ILedgerRecords.StudyState.Open, 0);
    }

    /// @dev The head after an entry: takes in the head before it, which holds its place, its kind and all its fields.
    function next(
        bytes32 head,
        uint8 kind,
        bytes32 structHash,
        ILedgerRecords.StudyState state
    ) internal pure returns (bytes32) {
        return _pack(keccak256(abi.encode(head, kind, structHash)), state, countOf(head) + 1);
    }

    /// @dev How many entries lead to the head.
    function countOf(bytes32 head) internal pure returns (uint32) {
        return uint32(uint256(head));
    }

    /// @dev Whether the log can grow; none of a head that is zero.
    function stateOf(bytes32 head) internal pure returns (ILedgerRecords.StudyState) {
        return ILedgerRecords.StudyState(uint8(uint256(head) >> 32));
    }

    function _pack(bytes32 hash, ILedgerRecords.StudyState state, uint32 count) private pure returns (bytes32) {
        return bytes32((uint256(hash) & HASH_MASK) | (uint256(uint8(state)) << 32) | count);
    }
}
