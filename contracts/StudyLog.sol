// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ILedger} from "./ILedger.sol";
import {IMembership} from "./IMembership.sol";

/// @title Storage of the studies, and the one way to append to a study's log
/// @notice Part of the ledger.
/// @dev Slots are packed so that a contribution writes four words: the study's counters, its head, the participant's
/// counters and its score commitment.
abstract contract StudyLog is ILedger {
    enum Kind {
        Opened,
        Joined,
        Contribution,
        Valuation,
        Withdrawn,
        Closed
    }

    struct Study {
        uint32 rounds;
        uint16 maximumMembers;
        uint16 participants;
        uint64 epsilonBudgetMicros;
        uint64 length;
        StudyState state;
        bytes32 head;
        mapping(address member => Participant participant) participantOf;
        mapping(uint16 position => address member) participantAt;
    }

    struct Participant {
        bool joined;
        bool withdrawn;
        bool scoresRevealed;
        uint16 position;
        uint32 nextRound;
        uint64 epsilonMicros;
        bytes32 scoreCommitment;
        bytes32 dataCommitment;
    }

    IMembership private immutable _MEMBERSHIP;

    mapping(bytes32 study => Study stored) private _studies;

    constructor(IMembership membership_) {
        require(address(membership_).code.length != 0, MembershipHasNoCode(address(membership_)));
        _MEMBERSHIP = membership_;
    }

    /// @inheritdoc ILedger
    function studyOf(bytes32 study) external view returns (StudyStatus memory) {
        Study storage stored = _studies[study];
        return
            StudyStatus({
                rounds: stored.rounds,
                maximumMembers: stored.maximumMembers,
                participants: stored.participants,
                epsilonBudgetMicros: stored.epsilonBudgetMicros,
                entryCount: stored.length,
                head: stored.head,
                state: stored.state
            });
    }

    /// @inheritdoc ILedger
    function participantOf(bytes32 study, address member) external view returns (ParticipantStatus memory) {
        Participant storage stored = _studies[study].participantOf[member];
        return
            ParticipantStatus({
                joined: stored.joined,
                withdrawn: stored.withdrawn,
                scoresRevealed: stored.scoresRevealed,
                position: stored.position,
                nextRound: stored.nextRound,
                epsilonMicros: stored.epsilonMicros,
                scoreCommitment: stored.scoreCommitment,
                dataCommitment: stored.dataCommitment
            });
    }

    /// @inheritdoc ILedger
    function participantAt(bytes32 study, uint16 position) external view returns (address) {
        Study storage stored = _studies[study];
        require(position < stored.participants, NoSuchPosition(study, position));
        return stored.participantAt[position];
    }

    /// @inheritdoc ILedger
    function membership() public view returns (IMembership) {
        return _MEMBERSHIP;
    }

    /// @dev The study, which must never have been opened; its log starts bound to this chain and this contract.
    function _newStudy(bytes32 study) internal returns (Study storage stored) {
        stored = _studies[study];
        require(stored.state == StudyState.None, StudyExists(study));
        stored.state = StudyState.Open;
        stored.head = keccak256(abi.encode(block.chainid, address(this), study));
    }

    /// @dev Adds an entry to the study's log: its sequence number and the head after it.
    function _append(
        Study storage stored,
        Kind kind,
        bytes32 structHash
    ) internal returns (uint64 sequence, bytes32 head) {
        sequence = stored.length;
        stored.length = sequence + 1;
        head = keccak256(abi.encode(stored.head, sequence, kind, structHash));
        stored.head = head;
    }

    /// @dev The study, which must be open.
    function _openStudy(bytes32 study) internal view returns (Study storage stored) {
        stored = _studies[study];
        require(stored.state == StudyState.Open, StudyNotOpen(study, stored.state));
    }

    /// @dev Refuses who is not a member of the consortium now.
    function _requireMember(address account) internal view {
        require(_MEMBERSHIP.isMember(account), NotMember(account));
    }
}
