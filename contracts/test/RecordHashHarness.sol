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

    function ofConsents(ILedgerRecords.Join[] calldata consents) external pure returns (bytes32[] memory hashes) {
        hashes = new bytes32[](consents.length);
        for (uint256 i = 0; i < hashes.length; ++i) hashes[i] = RecordHash.ofConsent(consents[i]);
    }

    function ofCheckpoints(
        ILedgerRecords.Checkpoint[] calldata checkpoints
    ) external pure returns (bytes32[] memory hashes) {
        hashes = new bytes32[](checkpoints.length);
        for (uint256 i = 0; i < hashes.length; ++i) hashes[i] = RecordHash.ofCheckpoint(checkpoints[i]);
    }

    function ofJoining(
        ILedgerRecords.Join calldata consent,
        uint8 position,
        uint32 firstRound
    ) external pure returns (bytes32) {
        return RecordHash.ofJoining(consent, position, firstRound);
    }

    function ofCheckpointing(
        ILedgerRecords.Checkpoint calldata checkpoint,
        uint64 signers
    ) external pure returns (bytes32) {
        return RecordHash.ofCheckpointing(checkpoint, signers);
    }

    function ofEquivocation(
        ILedgerRecords.Contribution calldata contribution,
        bytes32 first,
        bytes32 second
    ) external pure returns (bytes32) {
        return RecordHash.ofEquivocation(contribution, first, second);
    }

    function ofWithdrawal(bytes32 study, address member, uint32 endRound) external pure returns (bytes32) {
        return RecordHash.ofWithdrawal(study, member, endRound);
    }

    function ofExclusion(bytes32 study, address member, uint32 endRound) external pure returns (bytes32) {
        return RecordHash.ofExclusion(study, member, endRound);
    }

    function ofClosing(bytes32 study) external pure returns (bytes32) {
        return RecordHash.ofClosing(study);
    }
}
