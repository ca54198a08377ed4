// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {ILedger} from "./ILedger.sol";
import {RecordHash} from "./records/RecordHash.sol";
import {Studies} from "./Studies.sol";

/// @title Recording contributions
/// @notice Part of the ledger.
abstract contract Contributions is Studies, EIP712 {
    /// @notice The most contributions in one transaction, which bounds its gas.
    uint256 public constant MAXIMUM_BATCH = 64;

    /// @inheritdoc ILedger
    function contribute(Contribution calldata contribution) external {
        require(msg.sender == contribution.member, NotTheMember(msg.sender, contribution.member));
        _record(contribution, RecordHash.ofContribution(contribution));
    }

    /// @inheritdoc ILedger
    function contributeBatch(Contribution[] calldata contributions, Signature[] calldata signatures) external {
        uint256 count = contributions.length;
        require(
            count != 0 && count < MAXIMUM_BATCH + 1 && count == signatures.length,
            BatchOutOfRange(count, signatures.length)
        );
        for (uint256 i = 0; i < count; ++i) {
            Contribution calldata contribution = contributions[i];
            bytes32 structHash = RecordHash.ofContribution(contribution);
            address signer = ECDSA.recover(_hashTypedDataV4(structHash), signatures[i].r, signatures[i].vs);
            require(signer == contribution.member, NotTheMember(signer, contribution.member));
            _record(contribution, structHash);
        }
    }

    /// @inheritdoc ILedger
    function domainSeparator() external view returns (bytes32) {
        return _domainSeparatorV4();
    }

    /// @dev Everything but the proof that the member made the record.
    function _record(Contribution calldata contribution, bytes32 structHash) private {
        Study storage study = _openStudy(contribution.study);
        _requireMember(contribution.member);
        Participant storage participant = _activeParticipant(study, contribution.study, contribution.member);
        _requireRound(contribution, participant.nextRound, study.rounds);
        _requireEpsilon(contribution.epsilonMicros, participant.epsilonMicros, study.epsilonBudgetMicros);

        participant.nextRound = contribution.round + 1;
        participant.epsilonMicros = contribution.epsilonMicros;
        participant.scoresRevealed = false;
        participant.scoreCommitment = contribution.scoreCommitment;
        (uint64 sequence, bytes32 head) = _append(study, Kind.Contribution, structHash);
        _emitContributed(contribution, sequence, head);
    }

    function _emitContributed(Contribution calldata contribution, uint64 sequence, bytes32 head) private {
        emit Contributed(
            contribution.study,
            sequence,
            head,
            contribution.round,
            contribution.member,
            contribution.base,
            contribution.recipe,
            contribution.update,
            contribution.samples,
            contribution.epsilonMicros,
            contribution.metrics,
            contribution.scoreCommitment
        );
    }

    function _requireRound(Contribution calldata contribution, uint32 nextRound, uint32 rounds) private pure {
        uint32 round = contribution.round;
        require(round < rounds + 1, RoundBeyondStudy(round, rounds));
        if (round < nextRound) revert RoundAlreadyPassed(contribution.study, contribution.member, round, nextRound);

        require(contribution.base != 0, ZeroBase());
        if (round == 0) {
            require(contribution.recipe == 0, RecipeInFirstRound());
            require(contribution.scoreCommitment == 0, ScoresInFirstRound());
        }
        if (round == rounds) {
            require(contribution.update == 0 && contribution.samples == 0, TrainedAfterLastRound());
        } else {
            require(contribution.update != 0 && contribution.samples != 0, NothingTrained());
        }
    }

    function _requireEpsilon(uint64 epsilonMicros, uint64 previousMicros, uint64 budgetMicros) private pure {
        if (epsilonMicros < previousMicros) revert EpsilonFell(epsilonMicros, previousMicros);
        if (epsilonMicros > budgetMicros) revert EpsilonOverBudget(epsilonMicros, budgetMicros);
    }
}
