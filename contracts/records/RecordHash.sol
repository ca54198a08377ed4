// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ILedgerRecords} from "../ILedgerRecords.sol";

/// @title EIP-712 struct hashes of the ledger's records
/// @notice What the running heads take in, and what members sign.
/// @dev The TypeScript twin is the definition of the same types in `src/protocol`; shared vectors prove them equal.
library RecordHash {
    bytes32 internal constant OPEN_STUDY =
        keccak256(
            // solhint-disable-next-line max-line-length
            "OpenStudy(bytes32 study,uint32 rounds,uint16 maximumMembers,uint32 stalenessBound,uint64 epsilonBudgetMicros,uint64 deltaBudgetPicos)"
        );

    bytes32 internal constant JOIN =
        keccak256("Join(bytes32 study,address member,bytes32 dataCommitment,uint64 deadline)");

    bytes32 internal constant JOINED =
        keccak256("Joined(bytes32 study,address member,uint8 position,uint32 firstRound,bytes32 dataCommitment)");

    bytes32 internal constant CONTRIBUTION =
        keccak256(
            // solhint-disable-next-line max-line-length
            "Contribution(bytes32 study,uint32 round,address member,bytes32 base,bytes32 recipe,bytes32 update,uint32 samples,uint64 epsilonMicros,bytes32 metrics,bytes32 scoreCommitment)"
        );

    bytes32 internal constant VALUATION =
        keccak256("Valuation(bytes32 study,uint32 round,address evaluator,bytes32[] scores,bytes32 salt)");

    bytes32 internal constant CHECKPOINT = keccak256("Checkpoint(bytes32 study,uint32 round,bytes32 head)");

    bytes32 internal constant CHECKPOINTED =
        keccak256("Checkpointed(bytes32 study,uint32 round,bytes32 signedHead,uint64 signers)");

    bytes32 internal constant EQUIVOCATED =
        keccak256("Equivocated(bytes32 study,uint32 round,address member,bytes32 first,bytes32 second)");

    bytes32 internal constant WITHDRAWN = keccak256("Withdrawn(bytes32 study,address member,uint32 endRound)");

    bytes32 internal constant EXCLUDED = keccak256("Excluded(bytes32 study,address member,uint32 endRound)");

    bytes32 internal constant CLOSED = keccak256("Closed(bytes32 study)");

    function ofOpening(ILedgerRecords.OpenStudy calldata opening) internal pure returns (bytes32) {
        return keccak256(abi.encode(OPEN_STUDY, opening));
    }

    function ofConsent(ILedgerRecords.Join calldata consent) internal pure returns (bytes32) {
        return keccak256(abi.encode(JOIN, consent));
    }

    function ofJoining(
        ILedgerRecords.Join calldata consent,
        uint8 position,
        uint32 firstRound
    ) internal pure returns (bytes32) {
        return
            keccak256(
                abi.encode(JOINED, consent.study, consent.member, position, firstRound, consent.dataCommitment)
            );
    }

    function ofContribution(ILedgerRecords.Contribution calldata contribution) internal pure returns (bytes32) {
        return keccak256(abi.encode(CONTRIBUTION, contribution));
    }

    function ofValuation(ILedgerRecords.Valuation calldata valuation) internal pure returns (bytes32) {
        return
            keccak256(
                abi.encode(
                    VALUATION,
                    valuation.study,
                    valuation.round,
                    valuation.evaluator,
                    keccak256(abi.encodePacked(valuation.scores)),
                    valuation.salt
                )
            );
    }

    function ofCheckpoint(ILedgerRecords.Checkpoint calldata checkpoint) internal pure returns (bytes32) {
        return keccak256(abi.encode(CHECKPOINT, checkpoint));
    }

    function ofCheckpointing(
        ILedgerRecords.Checkpoint calldata checkpoint,
        uint64 signers
    ) internal pure returns (bytes32) {
        return keccak256(abi.encode(CHECKPOINTED, checkpoint, signers));
    }

    function ofEquivocation(
        ILedgerRecords.Contribution calldata contribution,
        bytes32 first,
        bytes32 second
    ) internal pure returns (bytes32) {
        return
            keccak256(
                abi.encode(EQUIVOCATED, contribution.study, contribution.round, contribution.member, first, second)
            );
    }

    function ofWithdrawal(bytes32 study, address member, uint32 endRound) internal pure returns (bytes32) {
        return keccak256(abi.encode(WITHDRAWN, study, member, endRound));
    }

    function ofExclusion(bytes32 study, address member, uint32 endRound) internal pure returns (bytes32) {
        return keccak256(abi.encode(EXCLUDED, study, member, endRound));
    }

    function ofClosing(bytes32 study) internal pure returns (bytes32) {
        return keccak256(abi.encode(CLOSED, study));
    }
}
