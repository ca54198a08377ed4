// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ILedgerRecords} from "../ILedgerRecords.sol";

/// @title EIP-712 struct hashes of the ledger's records
/// @notice What the running heads take in, and what members sign.
/// @dev The TypeScript twin is the definition of the same types in `src/protocol`; shared vectors prove them equal.
library RecordHash {
    bytes32 internal constant OPEN_STUDY =
        keccak256("OpenStudy(bytes32 study,uint32 rounds,uint16 maximumMembers,uint64 epsilonBudgetMicros)");

    bytes32 internal constant JOIN =
        keccak256("Join(bytes32 study,address member,uint16 position,bytes32 dataCommitment)");

    bytes32 internal constant CONTRIBUTION =
        keccak256(
            // solhint-disable-next-line max-line-length
            "Contribution(bytes32 study,uint32 round,address member,bytes32 base,bytes32 recipe,bytes32 update,uint32 samples,uint64 epsilonMicros,bytes32 metrics,bytes32 scoreCommitment)"
        );

    bytes32 internal constant VALUATION =
        keccak256("Valuation(bytes32 study,uint32 round,address evaluator,bytes32[] scores,bytes32 salt)");

    bytes32 internal constant WITHDRAW = keccak256("Withdraw(bytes32 study,address member)");

    bytes32 internal constant CLOSE = keccak256("Close(bytes32 study)");

    function ofOpening(ILedgerRecords.OpenStudy calldata opening) internal pure returns (bytes32) {
        return keccak256(abi.encode(OPEN_STUDY, opening));
    }

    function ofJoining(
        bytes32 study,
        address member,
        uint16 position,
        bytes32 dataCommitment
    ) internal pure returns (bytes32) {
        return keccak256(abi.encode(JOIN, study, member, position, dataCommitment));
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

    function ofWithdrawal(bytes32 study, address member) internal pure returns (bytes32) {
        return keccak256(abi.encode(WITHDRAW, study, member));
    }

    function ofClosing(bytes32 study) internal pure returns (bytes32) {
        return keccak256(abi.encode(CLOSE, study));
    }
}
