// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ILedgerEvents} from "../ILedgerEvents.sol";
import {ILedgerRecords} from "../ILedgerRecords.sol";
import {IMembership} from "../IMembership.sol";

/// @dev The ledger's state, rebuilt from the events of both contracts alone, as an auditor does it: every sequence
/// number must be the next, and every head must follow from the one before it and the event's own fields.
contract RebuiltLog {
    bytes32 private constant OPEN_STUDY =
        keccak256(
            "OpenStudy(bytes32 study,uint32 rounds,uint16 maximumMembers,uint32 stalenessBound,uint64 epsilonBudgetMicros,uint64 deltaBudgetPicos)"
        );
    bytes32 private constant JOINED =
        keccak256("Joined(bytes32 study,address member,uint8 position,uint32 firstRound,bytes32 dataCommitment)");
    bytes32 private constant CONTRIBUTION =
        keccak256(
            "Contribution(bytes32 study,uint32 round,address member,bytes32 base,bytes32 recipe,bytes32 update,uint32 samples,uint64 epsilonMicros,bytes32 metrics,bytes32 scoreCommitment)"
        );
    bytes32 private constant VALUATION =
        keccak256("Valuation(bytes32 study,uint32 round,address evaluator,bytes32[] scores,bytes32 salt)");
    bytes32 private constant WITHDRAWN = keccak256("Withdrawn(bytes32 study,address member,uint32 endRound)");
    bytes32 private constant CLOSED = keccak256("Closed(bytes32 study)");
    bytes32 private constant EXCLUDED = keccak256("Excluded(bytes32 study,address member,uint32 endRound)");
    bytes32 private constant EQUIVOCATED =
        keccak256("Equivocated(bytes32 study,uint32 round,address member,bytes32 first,bytes32 second)");
    bytes32 private constant CHECKPOINTED =
        keccak256("Checkpointed(bytes32 study,uint32 round,bytes32 signedHead,uint64 signers)");

    /// @dev Members by number plus one; an account without a number stands for itself.
    mapping(address account => uint256 number) private _numbers;
    /// @dev Positions plus one, as zero is for who never joined.
    mapping(bytes32 study => mapping(uint256 member => uint256 seat)) private _seats;
    mapping(bytes32 study => ILedgerRecords.StudyStatus rebuilt) private _studies;
    mapping(bytes32 study => mapping(uint256 seat => ILedgerRecords.ParticipantStatus)) private _participants;
    mapping(bytes32 study => address[] accounts) private _positions;
    address private _successor;
    uint64 private _effective;

    /// @dev Takes in an event of the register of members: which account has which number.
    function takeMember(bytes32[] memory topics, bytes memory data) external {
        uint256 number = uint256(abi.decode(data, (uint32))) + 1;
        _numbers[address(uint160(uint256(topics[topics[0] == IMembership.KeyRotated.selector ? 2 : 1])))] = number;
    }

    /// @dev Takes in an event about the successor.
    function takeSuccessor(bytes32[] memory topics, bytes memory data) external {
        bool named = topics[0] == ILedgerEvents.SuccessorNamed.selector;
        _successor = named ? address(uint160(uint256(topics[1]))) : address(0);
        _effective = named ? abi.decode(data, (uint64)) : 0;
    }

    /// @return Whether the event continues the log of its study
    function take(address ledger, bytes32[] memory topics, bytes memory data) external returns (bool) {
        bytes32 study = topics[1];
        ILedgerRecords.StudyStatus storage rebuilt = _studies[study];
        if (topics[0] == ILedgerEvents.Opened.selector) {
            rebuilt.state = ILedgerRecords.StudyState.Open;
            rebuilt.head = _word(keccak256(abi.encode(block.chainid, ledger, study)), rebuilt);
        }
        (uint32 sequence, bytes32 head) = abi.decode(data, (uint32, bytes32));
        if (sequence != rebuilt.entryCount) return false;

        (uint8 kind, bytes32 structHash) = _takeFields(study, topics, data);
        ++rebuilt.entryCount;
        rebuilt.head = _word(keccak256(abi.encode(rebuilt.head, kind, structHash)), rebuilt);
        return head == rebuilt.head;
    }

    function studyOf(bytes32 study) external view returns (ILedgerRecords.StudyStatus memory) {
        return _studies[study];
    }

    function participantOf(bytes32 study, address member) external view returns (ILedgerRecords.ParticipantStatus memory) {
        return _part(study, member);
    }

    function partAt(bytes32 study, uint256 position) external view returns (ILedgerRecords.ParticipantStatus memory) {
        return _participants[study][position + 1];
    }

    function accountAt(bytes32 study, uint256 position) external view returns (address) {
        return _positions[study][position];
    }

    function namedSuccessor() external view returns (address, uint64) {
        return (_successor, _effective);
    }

    function _word(bytes32 hash, ILedgerRecords.StudyStatus storage rebuilt) private view returns (bytes32) {
        return bytes32(bytes.concat(bytes27(hash), bytes1(uint8(rebuilt.state)), bytes4(rebuilt.entryCount)));
    }

    function _part(bytes32 study, address member) private view returns (ILedgerRecords.ParticipantStatus storage) {
        return _participants[study][_seats[study][_identity(member)]];
    }

    function _identity(address account) private view returns (uint256) {
        return _numbers[account] == 0 ? uint160(account) : _numbers[account];
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
        if (topics[0] == ILedgerEvents.Withdrawn.selector) return (4, _takeLeave(WITHDRAWN, study, member, data));
        if (topics[0] == ILedgerEvents.Excluded.selector) return (6, _takeLeave(EXCLUDED, study, member, data));
        if (topics[0] == ILedgerEvents.Equivocated.selector) {
            (, , uint32 round, bytes32 first, bytes32 second) = abi.decode(data, (uint32, bytes32, uint32, bytes32, bytes32));
            return (7, keccak256(abi.encode(EQUIVOCATED, study, round, member, first, second)));
        }
        if (topics[0] == ILedgerEvents.Checkpointed.selector) {
            (, , uint32 round, bytes32 signed, uint64 signers) = abi.decode(data, (uint32, bytes32, uint32, bytes32, uint64));
            return (8, keccak256(abi.encode(CHECKPOINTED, study, round, signed, signers)));
        }
        assert(topics[0] == ILedgerEvents.Closed.selector);
        _studies[study].state = ILedgerRecords.StudyState.Closed;
        return (5, keccak256(abi.encode(CLOSED, study)));
    }

    function _takeOpened(bytes32 study, bytes memory data) private returns (bytes32) {
        (, , uint32 rounds, uint16 maximumMembers, uint32 staleness, uint64 epsilon, uint64 delta) = abi.decode(
            data,
            (uint32, bytes32, uint32, uint16, uint32, uint64, uint64)
        );
        ILedgerRecords.StudyStatus storage rebuilt = _studies[study];
        rebuilt.rounds = rounds;
        rebuilt.maximumMembers = maximumMembers;
        rebuilt.stalenessBound = staleness;
        rebuilt.epsilonBudgetMicros = epsilon;
        rebuilt.deltaBudgetPicos = delta;
        return keccak256(abi.encode(OPEN_STUDY, study, rounds, maximumMembers, staleness, epsilon, delta));
    }

    /// @dev Who joins again keeps its position and its epsilon.
    function _takeJoined(bytes32 study, address member, bytes memory data) private returns (bytes32) {
        (, , uint8 position, uint32 firstRound, bytes32 dataCommitment) = abi.decode(
            data,
            (uint32, bytes32, uint8, uint32, bytes32)
        );
        ILedgerRecords.ParticipantStatus storage rebuilt = _participants[study][position + 1];
        if (!rebuilt.joined) {
            assert(position == _positions[study].length);
            _positions[study].push();
            ++_studies[study].participants;
            rebuilt.position = position;
        }
        rebuilt.joined = true;
        rebuilt.excluded = false;
        rebuilt.nextRound = firstRound;
        rebuilt.endRound = _studies[study].rounds + 1;
        rebuilt.lastBlock = uint40(block.number);
        _positions[study][position] = member;
        _seats[study][_identity(member)] = uint256(position) + 1;
        return keccak256(abi.encode(JOINED, study, member, position, firstRound, dataCommitment));
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
        ILedgerRecords.ParticipantStatus storage rebuilt = _part(study, member);
        rebuilt.nextRound = contribution.round + 1;
        rebuilt.epsilonMicros = contribution.epsilonMicros;
        rebuilt.lastBlock = uint40(block.number);
        return keccak256(abi.encode(CONTRIBUTION, contribution));
    }

    function _takeValued(bytes32 study, address evaluator, bytes memory data) private pure returns (bytes32) {
        (, , uint32 round, bytes32[] memory scores, bytes32 salt) = abi.decode(
            data,
            (uint32, bytes32, uint32, bytes32[], bytes32)
        );
        return keccak256(abi.encode(VALUATION, study, round, evaluator, keccak256(abi.encodePacked(scores)), salt));
    }

    function _takeLeave(bytes32 typeHash, bytes32 study, address member, bytes memory data) private returns (bytes32) {
        (, , uint32 endRound) = abi.decode(data, (uint32, bytes32, uint32));
        ILedgerRecords.ParticipantStatus storage rebuilt = _part(study, member);
        rebuilt.withdrawn = typeHash == WITHDRAWN;
        rebuilt.excluded = typeHash == EXCLUDED;
        rebuilt.endRound = endRound;
        return keccak256(abi.encode(typeHash, study, member, endRound));
    }
}
