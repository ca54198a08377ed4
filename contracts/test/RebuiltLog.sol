// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ILedgerEvents} from "../ILedgerEvents.sol";
import {ILedgerRecords} from "../ILedgerRecords.sol";

/// @dev The ledger's state, rebuilt from its events alone, as an auditor does it: every sequence number must be the next,
/// and every head must follow from the one before it and the event's own fields.
contract RebuiltLog {
    bytes32 private constant OPEN_STUDY =
        keccak256("OpenStudy(bytes32 study,uint32 rounds,uint16 maximumMembers,uint64 epsilonBudgetMicros)");
    bytes32 private constant JOIN =
        keccak256("Join(bytes32 study,address member,uint16 position,bytes32 dataCommitment)");
    bytes32 private constant CONTRIBUTION =
        keccak256(
            "Contribution(bytes32 study,uint32 round,address member,bytes32 base,bytes32 recipe,bytes32 update,uint32 samples,uint64 epsilonMicros,bytes32 metrics,bytes32 scoreCommitment)"
        );
    bytes32 private constant VALUATION =
        keccak256("Valuation(bytes32 study,uint32 round,address evaluator,bytes32[] scores,bytes32 salt)");
    bytes32 private constant WITHDRAW = keccak256("Withdraw(bytes32 study,address member)");
    bytes32 private constant CLOSE = keccak256("Close(bytes32 study)");

    mapping(bytes32 study => ILedgerRecords.StudyStatus rebuilt) private _studies;
    mapping(bytes32 study => mapping(address member => ILedgerRecords.ParticipantStatus)) private _participants;
    mapping(bytes32 study => address[] members) private _positions;

    /// @return Whether the event continues the log of its study
    function take(address ledger, bytes32[] memory topics, bytes memory data) external returns (bool) {
        bytes32 study = topics[1];
        ILedgerRecords.StudyStatus storage rebuilt = _studies[study];
        if (topics[0] == ILedgerEvents.Opened.selector) {
            rebuilt.head = keccak256(abi.encode(block.chainid, ledger, study));
        }
        (uint64 sequence, bytes32 head) = abi.decode(data, (uint64, bytes32));
        if (sequence != rebuilt.entryCount) return false;

        (uint8 kind, bytes32 structHash) = _takeFields(study, topics, data);
        rebuilt.head = keccak256(abi.encode(rebuilt.head, rebuilt.entryCount, kind, structHash));
        ++rebuilt.entryCount;
        return head == rebuilt.head;
    }

    function studyOf(bytes32 study) external view returns (ILedgerRecords.StudyStatus memory) {
        return _studies[study];
    }

    function participantOf(bytes32 study, address member) external view returns (ILedgerRecords.ParticipantStatus memory) {
        return _participants[study][member];
    }

    function participantAt(bytes32 study, uint16 position) external view returns (address) {
        return _positions[study][position];
    }

    function _takeFields(
        bytes32 study,
        bytes32[] memory topics,
        bytes memory data
    ) private returns (uint8 kind, bytes32 structHash) {
        address member = topics.length > 2 ? address(uint160(uint256(topics[2]))) : address(0);
        if (topics[0] == ILedgerEvents.Opened.selector) return (0, _takeOpened(study, data));
        if (topics[0] == ILedgerEvents.Joined.selector) return (1, _takeJoined(study, member, data));
        if (topics[0] == ILedgerEvents.Contributed.selector) return (2, _takeContributed(study, member, data));
        if (topics[0] == ILedgerEvents.Valued.selector) return (3, _takeValued(study, member, data));
        if (topics[0] == ILedgerEvents.Withdrawn.selector) {
            _participants[study][member].withdrawn = true;
            return (4, keccak256(abi.encode(WITHDRAW, study, member)));
        }
        _studies[study].state = ILedgerRecords.StudyState.Closed;
        return (5, keccak256(abi.encode(CLOSE, study)));
    }

    function _takeOpened(bytes32 study, bytes memory data) private returns (bytes32) {
        (, , uint32 rounds, uint16 maximumMembers, uint64 budget) = abi.decode(
            data,
            (uint64, bytes32, uint32, uint16, uint64)
        );
        ILedgerRecords.StudyStatus storage rebuilt = _studies[study];
        rebuilt.rounds = rounds;
        rebuilt.maximumMembers = maximumMembers;
        rebuilt.epsilonBudgetMicros = budget;
        rebuilt.state = ILedgerRecords.StudyState.Open;
        return keccak256(abi.encode(OPEN_STUDY, study, rounds, maximumMembers, budget));
    }

    function _takeJoined(bytes32 study, address member, bytes memory data) private returns (bytes32) {
        (, , uint16 position, bytes32 dataCommitment) = abi.decode(data, (uint64, bytes32, uint16, bytes32));
        ILedgerRecords.ParticipantStatus storage rebuilt = _participants[study][member];
        rebuilt.joined = true;
        rebuilt.position = position;
        rebuilt.dataCommitment = dataCommitment;
        _positions[study].push(member);
        ++_studies[study].participants;
        return keccak256(abi.encode(JOIN, study, member, position, dataCommitment));
    }

    /// @dev The event's data are the sequence, the head and the record without its two indexed fields.
    function _takeContributed(bytes32 study, address member, bytes memory data) private returns (bytes32) {
        bytes32[10] memory words = abi.decode(data, (bytes32[10]));
        ILedgerRecords.Contribution memory contribution = ILedgerRecords.Contribution({
            study: study,
            round: uint32(uint256(words[2])),
            member: member,
            base: words[3],
            recipe: words[4],
            update: words[5],
            samples: uint32(uint256(words[6])),
            epsilonMicros: uint64(uint256(words[7])),
            metrics: words[8],
            scoreCommitment: words[9]
        });
        ILedgerRecords.ParticipantStatus storage rebuilt = _participants[study][member];
        rebuilt.nextRound = contribution.round + 1;
        rebuilt.epsilonMicros = contribution.epsilonMicros;
        rebuilt.scoreCommitment = contribution.scoreCommitment;
        rebuilt.scoresRevealed = false;
        return keccak256(abi.encode(CONTRIBUTION, contribution));
    }

    function _takeValued(bytes32 study, address evaluator, bytes memory data) private returns (bytes32) {
        (, , uint32 round, bytes32[] memory scores, bytes32 salt) = abi.decode(
            data,
            (uint64, bytes32, uint32, bytes32[], bytes32)
        );
        _participants[study][evaluator].scoresRevealed = true;
        return keccak256(abi.encode(VALUATION, study, round, evaluator, keccak256(abi.encodePacked(scores)), salt));
    }
}
