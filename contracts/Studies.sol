// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAccessControl} from "@openzeppelin/contracts/access/IAccessControl.sol";
import {ILedger} from "./ILedger.sol";
import {RecordHash} from "./records/RecordHash.sol";
import {STUDY_ROLE} from "./Roles.sol";
import {StudyLog} from "./StudyLog.sol";

/// @title Opening, joining, leaving and closing a study
/// @notice Part of the ledger.
abstract contract Studies is StudyLog {
    /// @notice The most members that a study can have: their scores fit into eight words.
    uint16 public constant MAXIMUM_MEMBERS = 64;

    modifier onlyStudyRole() {
        if (!IAccessControl(address(membership())).hasRole(STUDY_ROLE, msg.sender)) {
            revert IAccessControl.AccessControlUnauthorizedAccount(msg.sender, STUDY_ROLE);
        }
        _;
    }

    /// @inheritdoc ILedger
    function openStudy(OpenStudy calldata opening) external onlyStudyRole {
        require(opening.study != 0, ZeroStudy());
        require(opening.rounds != 0 && opening.rounds != type(uint32).max, RoundsOutOfRange(opening.rounds));
        require(
            opening.maximumMembers != 0 && opening.maximumMembers < MAXIMUM_MEMBERS + 1,
            MaximumMembersOutOfRange(opening.maximumMembers)
        );

        Study storage study = _newStudy(opening.study);
        study.rounds = opening.rounds;
        study.maximumMembers = opening.maximumMembers;
        study.epsilonBudgetMicros = opening.epsilonBudgetMicros;
        (uint64 sequence, bytes32 head) = _append(study, Kind.Opened, RecordHash.ofOpening(opening));
        emit Opened(
            opening.study,
            sequence,
            head,
            opening.rounds,
            opening.maximumMembers,
            opening.epsilonBudgetMicros
        );
    }

    /// @inheritdoc ILedger
    function join(bytes32 study, bytes32 dataCommitment) external returns (uint16 position) {
        require(dataCommitment != 0, ZeroDataCommitment());
        Study storage joined = _openStudy(study);
        _requireMember(msg.sender);
        Participant storage participant = joined.participantOf[msg.sender];
        require(!participant.joined, AlreadyJoined(study, msg.sender));
        position = joined.participants;
        require(position < joined.maximumMembers, StudyFull(study));

        joined.participants = position + 1;
        joined.participantAt[position] = msg.sender;
        participant.joined = true;
        participant.position = position;
        participant.dataCommitment = dataCommitment;
        (uint64 sequence, bytes32 head) = _append(
            joined,
            Kind.Joined,
            RecordHash.ofJoining(study, msg.sender, position, dataCommitment)
        );
        emit Joined(study, sequence, head, msg.sender, position, dataCommitment);
    }

    /// @inheritdoc ILedger
    function withdraw(bytes32 study) external {
        Study storage left = _openStudy(study);
        Participant storage participant = _activeParticipant(left, study, msg.sender);

        participant.withdrawn = true;
        (uint64 sequence, bytes32 head) = _append(left, Kind.Withdrawn, RecordHash.ofWithdrawal(study, msg.sender));
        emit Withdrawn(study, sequence, head, msg.sender);
    }

    /// @inheritdoc ILedger
    function closeStudy(bytes32 study) external onlyStudyRole {
        Study storage closed = _openStudy(study);

        closed.state = StudyState.Closed;
        (uint64 sequence, bytes32 head) = _append(closed, Kind.Closed, RecordHash.ofClosing(study));
        emit Closed(study, sequence, head);
    }

    /// @dev The part of `account` in `study`, which it must have joined and not left.
    function _activeParticipant(
        Study storage stored,
        bytes32 study,
        address account
    ) internal view returns (Participant storage participant) {
        participant = stored.participantOf[account];
        require(participant.joined, NotParticipant(study, account));
        require(!participant.withdrawn, HasWithdrawn(study, account));
    }
}
