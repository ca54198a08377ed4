// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ILedgerRecords} from "../ILedgerRecords.sol";
import {RecordHash} from "../records/RecordHash.sol";

/// @dev Lets TypeScript tests ask for many struct hashes in one call.
contract RecordHashHarness {
    function ofContributions(
        ILedgerRecords.Contribution[] calldata contributions
    ) external pure returns (bytes32[] memory hashes) {
        hashes = new bytes32[](contributions.length);
        for (uint256 i = 0; i < hashes.length; ++i) hashes[i] = RecordHash.ofContribution(contributions[i]);
    }

    function ofValuations(
        ILedgerRecords.Valuation[] calldata valuations
    ) external pure returns (bytes32[] memory hashes) {
        hashes = new bytes32[](valuations.length);
        for (uint256 i = 0; i < hashes.length; ++i) hashes[i] = RecordHash.ofValuation(valuations[i]);
    }

    function ofOpenings(ILedgerRecords.OpenStudy[] calldata openings) external pure returns (bytes32[] memory hashes) {
        hashes = new bytes32[](openings.length);
        for (uint256 i = 0; i < hashes.length; ++i) hashes[i] = RecordHash.ofOpening(openings[i]);
    }

    function ofJoining(
        bytes32 study,
        address member,
        uint16 position,
        bytes32 dataCommitment
    ) external pure returns (bytes32) {
        return RecordHash.ofJoining(study, member, position, dataCommitment);
    }

    function ofWithdrawal(bytes32 study, address member) external pure returns (bytes32) {
        return RecordHash.ofWithdrawal(study, member);
    }

    function ofClosing(bytes32 study) external pure returns (bytes32) {
        return RecordHash.ofClosing(study);
    }
}
