// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAccessControl} from "@openzeppelin/contracts/access/IAccessControl.sol";
import {ILedger} from "./ILedger.sol";
import {IMembership} from "./IMembership.sol";
import {CommitmentWord} from "./records/CommitmentWord.sol";
import {RecordHash} from "./records/RecordHash.sol";
import {STUDY_ROLE} from "./Roles.sol";
import {Succession} from "./Succession.sol";

/// @title Opening, joining, leaving and closing a study
/// @notice Part of the ledger. A change of who takes part is an entry of the log, and takes effect with the round after
/// the last that anybody has recorded.
abstract contract Studies is Succession {
    /// @notice The most members that a study can have: their scores fit into eight words.
    uint16 public constant MAXIMUM_MEMBERS = 64;

    /// @notice The most training rounds that a study can have.
    uint32 public constant MAXIMUM_ROUNDS = 100_000;

    modifier onlyStudyRole() {
        if (!IAccessControl(address(_MEMBERSHIP)).hasRole(STUDY_ROLE, msg.sender)) {
            revert IAccessControl.AccessControlUnauthorizedAccount(msg.sender, STUDY_ROLE);
        }
        _;
    }

    /// @inheritdoc ILedger
    function openStudy(OpenStudy calldata opening) external onlyStudyRole {
        address next = successor();
        require(next == address(0), Succeeded(next));
        require(opening.study != 0, ZeroStudy());
        require(opening.rounds != 0 && opening.rounds < MAXIMUM_ROUNDS + 1, RoundsOutOfRange(opening.rounds));
        require(
            opening.maximumMembers != 0 && opening.maximumMembers < MAXIMUM_MEMBERS + 1,
            MaximumMembersOutOfRange(opening.maximumMembers)
        );

        Study storage study = _newStudy(opening.study);
        study.rounds = opening.rounds;
        study.maximumMembers = opening.maximumMembers;
        study.stalenessBound = opening.stalenessBound;
        study.epsilonBudgetMicros = opening.epsilonBudgetMicros;
        study.deltaBudgetPicos = opening.deltaBudgetPicos;
        (uint32 sequence, bytes32 head) = _append(study, Kind.Opened, RecordHash.ofOpening(opening));
        emit Opened(
            opening.study,
            sequence,
            head,
            opening.rounds,
            opening.maximumMembers,
            opening.stalenessBound,
            opening.epsilonBudgetMicros,
            opening.deltaBudgetPicos
        );
    }

    /// @inheritdoc ILedger
    function join(Join calldata consent, Signature calldata signature) external {
        require(consent.dataCommitment != 0, ZeroDataCommitment());
        require(block.timestamp < uint256(consent.deadline) + 1, DeadlinePassed(consent.deadline));
        bytes32 consentHash = RecordHash.ofConsent(consent);
        address signer = _signerOf(consentHash, signature);
        require(signer == consent.member, NotTheMember(signer, consent.member));
        Study storage study = _openStudy(consent.study);
        IMembership.AccountStanding memory standing = _MEMBERSHIP.standingOf(consent.member);
        require(standing.standing == IMembership.Standing.Active, NotMember(consent.member));

        Participant storage participant = study.participantOf[standing.index];
        uint32 firstRound = _nextRoundOf(study, type(uint40).max);
        if (participant.part == Part.None) {
            _seat(study, consent.study, participant);
        } else {
            require(
                participant.part == Part.Excluded ||
                    (participant.part == Part.Active &&
                        (standing.since > participant.lastBlock ||
                            study.seatAt[participant.position].account != consent.member)),
                AlreadyJoined(consent.study, consent.member)
            );
        }
        _recordOnce(consentHash);
        participant.part = Part.Active;
        participant.nextRound = uint24(firstRound);
        participant.endRound = participant.rounds + 1;
        participant.lastBlock = uint40(block.number);
        study.seatAt[participant.position] = Seat({account: consent.member, memberIndex: standing.index});
        _prepareCommitments(study.commitmentsOf[consent.member]);
        _recordJoining(study, consent, participant.position, firstRound);
    }

    /// @inheritdoc ILedger
    function withdraw(bytes32 study) external {
        Study storage left = _openStudy(study);
        (Participant storage participant, IMembership.AccountStanding memory standing) = _participantOf(
            left,
            study,
            msg.sender
        );
        require(standing.standing != IMembership.Standing.Rotated, NotMember(msg.sender));
        require(participant.part != Part.Withdrawn, HasWithdrawn(study, msg.sender));

        participant.part = Part.Withdrawn;
        uint32 endRound = _endAt(participant, _nextRoundOf(left, type(uint40).max));
        (uint32 sequence, bytes32 head) = _append(
            left,
            Kind.Withdrawn,
            RecordHash.ofWithdrawal(study, msg.sender, endRound)
        );
        emit Withdrawn(study, sequence, head, msg.sender, endRound);
    }

    /// @inheritdoc ILedger
    function exclude(bytes32 study, address member) external {
        Study storage left = _openStudy(study);
        (Participant storage participant, IMembership.AccountStanding memory standing) = _participantOf(
            left,
            study,
            member
        );
        require(
            (standing.standing == IMembership.Standing.Suspended ||
                standing.standing == IMembership.Standing.Removed) &&
                participant.part == Part.Active,
            NothingToExclude(study, member)
        );

        participant.part = Part.Excluded;
        uint32 endRound = _endAt(participant, _nextRoundOf(left, standing.since));
        (uint32 sequence, bytes32 head) = _append(
            left,
            Kind.Excluded,
            RecordHash.ofExclusion(study, member, endRound)
        );
        emit Excluded(study, sequence, head, member, endRound);
    }

    /// @inheritdoc ILedger
    function closeStudy(bytes32 study) external onlyStudyRole {
        Study storage closed = _openStudy(study);

        (uint32 sequence, bytes32 head) = _append(closed, Kind.Closed, RecordHash.ofClosing(study));
        emit Closed(study, sequence, head);
    }

    function _recordJoining(
        Study storage study,
        Join calldata consent,
        uint8 position,
        uint32 firstRound
    ) private {
        (uint32 sequence, bytes32 head) = _append(
            study,
            Kind.Joined,
            RecordHash.ofJoining(consent, position, firstRound)
        );
        emit Joined(consent.study, sequence, head, consent.member, position, firstRound, consent.dataCommitment);
    }

    /// @dev Gives a new participant the next position.
    function _seat(Study storage stored, bytes32 study, Participant storage participant) private {
        uint16 position = stored.participants;
        require(position < stored.maximumMembers, StudyFull(study));
        stored.participants = position + 1;
        participant.position = uint8(position);
        participant.rounds = uint24(stored.rounds);
        participant.epsilonBudgetMicros = stored.epsilonBudgetMicros;
    }

    /// @dev Writes to the slots now what makes every later write to them cost the same.
    function _prepareCommitments(bytes32[4] storage commitments) private {
        for (uint256 slot = 0; slot < CommitmentWord.SLOTS; ++slot) {
            if (commitments[slot] == 0) commitments[slot] = CommitmentWord.EMPTY;
        }
    }

    /// @dev Ends the participant's part with the round before `endRound`, if it did not end earlier.
    function _endAt(Participant storage participant, uint32 endRound) private returns (uint32) {
        if (participant.endRound < endRound) return participant.endRound;
        participant.endRound = uint24(endRound);
        return endRound;
    }
}
