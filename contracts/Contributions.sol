// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ILedger} from "./ILedger.sol";
import {IMembership} from "./IMembership.sol";
import {CommitmentWord} from "./records/CommitmentWord.sol";
import {RecordHash} from "./records/RecordHash.sol";
import {StudyLog} from "./StudyLog.sol";

/// @title Recording contributions
/// @notice Part of the ledger.
abstract contract Contributions is StudyLog {
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
            address signer = _signerOf(structHash, signatures[i]);
            require(signer == contribution.member, NotTheMember(signer, contribution.member));
            _record(contribution, structHash);
        }
    }

    /// @dev Everything but the proof that the member made the record.
    function _record(Contribution calldata contribution, bytes32 structHash) private {
        Study storage study = _openStudy(contribution.study);
        (Participant storage participant, IMembership.AccountStanding memory standing) = _participantOf(
            study,
            contribution.study,
            contribution.member
        );
        Participant memory part = participant;
        bool seated = standing.since < part.lastBlock || study.seatAt[part.position].account == contribution.member;
        _requireMayRecord(contribution, part, standing, seated);
        _requireRound(contribution, part);
        _requireEpsilon(contribution.epsilonMicros, part.epsilonMicros, part.epsilonBudgetMicros);

        participant.nextRound = uint24(contribution.round) + 1;
        participant.epsilonMicros = contribution.epsilonMicros;
        participant.lastBlock = uint40(block.number);
        if (contribution.scoreCommitment != 0) {
            uint32 scored = contribution.round - 1;
            study.commitmentsOf[contribution.member][scored % CommitmentWord.SLOTS] = CommitmentWord.committed(
                contribution.scoreCommitment,
                scored
            );
        }
        (uint32 sequence, bytes32 head) = _append(study, Kind.Contribution, structHash);
        _emitContributed(contribution, sequence, head);
    }

    function _emitContributed(Contribution calldata contribution, uint32 sequence, bytes32 head) private {
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

    /// @dev A member that was one without a break since it last joined or recorded; or one that no longer is, but was
    /// excluded, for the rounds before its end. Either with the account that joined last: a new key has to join first.
    function _requireMayRecord(
        Contribution calldata contribution,
        Participant memory part,
        IMembership.AccountStanding memory standing,
        bool seated
    ) private pure {
        if (standing.standing == IMembership.Standing.Active) {
            require(
                seated && standing.since < part.lastBlock + 1,
                MembershipInterrupted(contribution.study, contribution.member)
            );
        } else {
            require(
                seated && part.part == Part.Excluded && standing.standing != IMembership.Standing.Rotated,
                NotMember(contribution.member)
            );
        }
    }

    function _requireRound(
        Contribution calldata contribution,
        Participant memory part
    ) private pure {
        uint32 round = contribution.round;
        if (round < part.nextRound) {
            revert RoundAlreadyPassed(contribution.study, contribution.member, round, part.nextRound);
        }
        uint32 rounds = part.rounds;
        require(round < rounds + 1, RoundBeyondStudy(round, rounds));
        require(round < part.endRound, RoundAfterEnd(round, part.endRound));

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
