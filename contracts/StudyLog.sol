// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {ILedger} from "./ILedger.sol";
import {IMembership} from "./IMembership.sol";
import {HeadWord} from "./records/HeadWord.sol";

/// @title Storage of the studies, and the one way to append to a study's log
/// @notice Part of the ledger.
/// @dev Slots are packed so that a contribution writes three words that were not zero before: the study's head, the
/// participant's counters and its score commitment; and a revelation two: head and commitment.
abstract contract StudyLog is ILedger, EIP712 {
    enum Kind {
        Opened,
        Joined,
        Contribution,
        Valuation,
        Withdrawn,
        Closed,
        Excluded,
        Equivocated,
        Checkpointed
    }

    /// @dev Whether somebody takes part.
    enum Part {
        None,
        Active,
        Withdrawn,
        Excluded
    }

    struct Study {
        bytes32 head;
        uint32 rounds;
        uint16 maximumMembers;
        uint16 participants;
        uint32 stalenessBound;
        uint64 epsilonBudgetMicros;
        uint64 deltaBudgetPicos;
        mapping(uint32 memberIndex => Participant participant) participantOf;
        mapping(uint256 position => Seat seat) seatAt;
        mapping(address account => bytes32[4] commitments) commitmentsOf;
        mapping(address account => mapping(uint32 round => bool known)) equivocated;
    }

    /// @dev One slot, with the study's terms that a contribution is held to.
    struct Participant {
        uint8 position;
        Part part;
        uint24 nextRound;
        uint24 endRound;
        uint24 rounds;
        uint40 lastBlock;
        uint64 epsilonMicros;
        uint64 epsilonBudgetMicros;
    }

    /// @dev Who has a position: the account that joined last under the member's number.
    struct Seat {
        address account;
        uint32 memberIndex;
    }

    IMembership internal immutable _MEMBERSHIP;

    mapping(bytes32 study => Study stored) private _studies;

    mapping(bytes32 structHash => bool recorded) private _recorded;

    constructor(IMembership membership_) EIP712("Consilium", "1") {
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
                stalenessBound: stored.stalenessBound,
                epsilonBudgetMicros: stored.epsilonBudgetMicros,
                deltaBudgetPicos: stored.deltaBudgetPicos,
                entryCount: HeadWord.countOf(stored.head),
                head: stored.head,
                state: HeadWord.stateOf(stored.head)
            });
    }

    /// @inheritdoc ILedger
    function participantOf(bytes32 study, address member) external view returns (ParticipantStatus memory status) {
        IMembership.AccountStanding memory standing = _MEMBERSHIP.standingOf(member);
        if (standing.standing == IMembership.Standing.None) return status;
        Participant storage stored = _studies[study].participantOf[standing.index];
        return
            ParticipantStatus({
                joined: stored.part != Part.None,
                withdrawn: stored.part == Part.Withdrawn,
                excluded: stored.part == Part.Excluded,
                position: stored.position,
                nextRound: stored.nextRound,
                endRound: stored.endRound,
                epsilonMicros: stored.epsilonMicros,
                lastBlock: stored.lastBlock
            });
    }

    /// @inheritdoc ILedger
    function participantAt(bytes32 study, uint16 position) external view returns (address) {
        Study storage stored = _studies[study];
        require(position < stored.participants, NoSuchPosition(study, position));
        return stored.seatAt[position].account;
    }

    /// @inheritdoc ILedger
    function domainSeparator() external view returns (bytes32) {
        return _domainSeparatorV4();
    }

    /// @inheritdoc ILedger
    function membership() external view returns (IMembership) {
        return _MEMBERSHIP;
    }

    /// @dev The study, which must never have been opened; its log starts bound to this chain and this contract.
    function _newStudy(bytes32 study) internal returns (Study storage stored) {
        stored = _studies[study];
        require(stored.head == 0, StudyExists(study));
        stored.head = HeadWord.initial(study);
    }

    /// @dev Adds an entry to the study's log: its sequence number and the head after it.
    function _append(
        Study storage stored,
        Kind kind,
        bytes32 structHash
    ) internal returns (uint32 sequence, bytes32 head) {
        bytes32 before = stored.head;
        sequence = HeadWord.countOf(before);
        head = HeadWord.next(
            before,
            uint8(kind),
            structHash,
            kind == Kind.Closed ? StudyState.Closed : StudyState.Open
        );
        stored.head = head;
    }

    /// @dev Holds a signed record, which says for itself in which study, to being recorded once.
    function _recordOnce(bytes32 structHash) internal {
        require(!_recorded[structHash], RecordedBefore(structHash));
        _recorded[structHash] = true;
    }

    /// @dev The study, whatever its state.
    function _anyStudy(bytes32 study) internal view returns (Study storage) {
        return _studies[study];
    }

    /// @dev The study, which must be open.
    function _openStudy(bytes32 study) internal view returns (Study storage stored) {
        stored = _studies[study];
        StudyState state = HeadWord.stateOf(stored.head);
        require(state == StudyState.Open, StudyNotOpen(study, state));
    }

    /// @dev The part in the study of the member whose account this is or was, and what the account is now.
    function _participantOf(
        Study storage stored,
        bytes32 study,
        address account
    ) internal view returns (Participant storage participant, IMembership.AccountStanding memory standing) {
        standing = _MEMBERSHIP.standingOf(account);
        participant = stored.participantOf[standing.index];
        // An account without standing has no number; that of member 0 is not its own.
        require(
            standing.standing != IMembership.Standing.None && participant.part != Part.None,
            NotParticipant(study, account)
        );
    }

    /// @dev The round after the last that anybody recorded by the block `until`, as far as the participants' last
    /// records tell: what changes now takes effect with this round.
    function _nextRoundOf(Study storage stored, uint40 until) internal view returns (uint32 nextRound) {
        uint256 count = stored.participants;
        for (uint256 position = 0; position < count; ++position) {
            Participant storage participant = stored.participantOf[stored.seatAt[position].memberIndex];
            if (participant.lastBlock > until) continue;
            if (participant.nextRound > nextRound) nextRound = participant.nextRound;
        }
    }

    /// @dev Who signed the record with this struct hash; reverts for what is no signature of anybody.
    function _signerOf(bytes32 structHash, Signature calldata signature) internal view returns (address) {
        return ECDSA.recover(_hashTypedDataV4(structHash), signature.r, signature.vs);
    }
}
