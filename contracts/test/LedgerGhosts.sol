// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ILedgerRecords} from "../ILedgerRecords.sol";
import {LedgerFixture} from "./LedgerFixture.sol";
import {RebuiltLog} from "./RebuiltLog.sol";
import {Vm, vm} from "./Vm.sol";

/// @dev What the handler believes instead of the ledger: it counts what it was let do, keeps its own account of who was
/// a member when, and rebuilds the log from the events alone. A broken promise raises `violations`, since the runner
/// forgives calls that revert.
abstract contract LedgerGhosts is LedgerFixture {
    uint256 internal constant MEMBERS = 5;
    uint32 internal constant LAST_ROUND = 40;
    uint8 internal constant KINDS = 9;

    /// @dev A valuation that was committed to, with the block.
    struct Committed {
        ILedgerRecords.Valuation valuation;
        uint256 blockNumber;
    }

    /// @dev A call that was accepted and must never be again.
    struct Call {
        address sender;
        bytes data;
    }

    RebuiltLog public immutable REBUILT = new RebuiltLog();

    /// @dev Bit n is set when promise In of the list of contract invariants was broken during a call.
    uint256 public violations;

    /// @dev Calls that the ledger accepted, by kind of entry.
    mapping(uint8 kind => uint256 count) public accepted;

    bytes32[] public studies;

    /// @dev What a closed study looked like when it was closed.
    mapping(bytes32 study => bytes32 digest) public closedAs;

    /// @dev The successor that was named last, and when it is effective.
    address public successorNamed;
    uint256 public successorEffective;

    uint256 internal height;
    uint256 internal clock;
    Call[] internal past;
    ILedgerRecords.Contribution[] internal records;
    Committed[] internal commitments;

    /// @dev Whether a member has standing, since when it has or has not, when it lost it, and its keys so far less one.
    mapping(uint256 who => bool has) internal standing;
    mapping(uint256 who => uint256 blockNumber) internal since;
    mapping(uint256 who => uint256 blockNumber) internal lostIn;
    mapping(uint256 who => uint256 generation) internal generations;

    mapping(bytes32 study => mapping(uint256 who => address account)) internal joinedAs;
    mapping(bytes32 study => uint32 round) internal frontiers;
    mapping(bytes32 study => mapping(uint256 who => uint32 round)) internal frontiersAtLoss;
    mapping(bytes32 identity => bool recorded) internal recorded;
    mapping(bytes32 identity => bool revealed) internal revealed;
    mapping(bytes32 study => mapping(address account => mapping(uint32 slot => uint32 round))) internal newest;

    function studyCount() external view returns (uint256) {
        return studies.length;
    }

    function ledgerAddress() external view returns (address) {
        return address(ledger);
    }

    /// @dev Every account that a member ever had.
    function accounts() external view returns (address[] memory list) {
        uint256 count = MEMBERS;
        for (uint256 who = 0; who < MEMBERS; ++who) count += generations[who];
        list = new address[](count);
        for (uint256 who = 0; who < MEMBERS; ++who) {
            for (uint256 generation = 0; generation <= generations[who]; ++generation) {
                list[--count] = vm.addr(_key(who, generation));
            }
        }
    }

    /// @dev All that the views say about a study, whoever is a member now.
    function digestOf(bytes32 study) public view returns (bytes32 digest) {
        ILedgerRecords.StudyStatus memory status = ledger.studyOf(study);
        digest = keccak256(abi.encode(status));
        for (uint16 position = 0; position < status.participants; ++position) {
            address account = ledger.participantAt(study, position);
            digest = keccak256(abi.encode(digest, account, ledger.participantOf(study, account)));
        }
    }

    function _broken(uint256 invariantNumber) internal {
        violations |= 1 << invariantNumber;
    }

    /// @dev Takes in the one event of a call that was accepted.
    function _follow(uint8 kind) internal {
        ++accepted[kind];
        Vm.Log[] memory logs = vm.getRecordedLogs();
        if (logs.length != 1 || logs[0].emitter != address(ledger)) _broken(22);
        else if (!REBUILT.take(address(ledger), logs[0].topics, logs[0].data)) _broken(4);
    }

    function _followMember() internal {
        Vm.Log[] memory logs = vm.getRecordedLogs();
        REBUILT.takeMember(logs[0].topics, logs[0].data);
    }

    function _acceptedJoin(bytes32 study, address account, uint256 who, bool inTime) internal {
        _follow(1);
        if (!standing[who] || account != _member(who)) _broken(6);
        if (!inTime) _broken(19);
        // I9: no round that somebody recorded gets another member.
        if (ledger.participantOf(study, account).nextRound != frontiers[study]) _broken(9);
        joinedAs[study][who] = account;
    }

    function _acceptedContribution(ILedgerRecords.Contribution memory record, uint256 who) internal {
        bytes32 study = record.study;
        bytes32 identity = keccak256(abi.encode(study, record.round, who));
        if (recorded[identity]) _broken(11);
        recorded[identity] = true;
        if (record.round > LAST_ROUND || closedAs[study] != 0) _broken(14);
        _requireHadStanding(record, who);
        if (record.round + 1 > frontiers[study]) frontiers[study] = record.round + 1;
        for (uint256 each = 0; each < MEMBERS; ++each) {
            if (lostIn[each] == height) frontiersAtLoss[study][each] = frontiers[study];
        }
        if (record.scoreCommitment != 0) newest[study][record.member][(record.round - 1) % 4] = record.round - 1;
        records.push(record);
        _follow(2);
    }

    /// @dev I6: a member without a break since it joined, or one that was excluded, for the rounds that had begun.
    function _requireHadStanding(ILedgerRecords.Contribution memory record, uint256 who) private {
        ILedgerRecords.ParticipantStatus memory part = REBUILT.participantOf(record.study, record.member);
        bool unbroken = standing[who] && since[who] <= part.lastBlock;
        bool leaving = part.excluded && record.round < part.endRound && record.round < frontiersAtLoss[record.study][who];
        if (!unbroken && !leaving) _broken(6);
        if (record.round < part.nextRound || record.round >= part.endRound) _broken(9);
        if (record.member != _member(who) || record.member != joinedAs[record.study][who]) _broken(6);
    }

    function _acceptedReveal(Committed memory made, uint256 blockNumber) internal {
        ILedgerRecords.Valuation memory valuation = made.valuation;
        _follow(3);
        bytes32 identity = keccak256(abi.encode(valuation.study, valuation.round, valuation.evaluator));
        if (revealed[identity]) _broken(13);
        revealed[identity] = true;
        if (made.blockNumber == 0 || blockNumber > made.blockNumber + WINDOW) _broken(12);
        if (newest[valuation.study][valuation.evaluator][valuation.round % 4] != valuation.round) _broken(12);
        if (!recorded[keccak256(abi.encode(valuation.study, valuation.round + 1, _whoIs(valuation.evaluator)))]) _broken(13);
    }

    /// @dev I9: who leaves stays in every round that it recorded, and gets no other.
    function _acceptedLeave(uint8 kind, bytes32 study, address account, uint32 endBefore) internal {
        _follow(kind);
        ILedgerRecords.ParticipantStatus memory part = ledger.participantOf(study, account);
        uint32 bound = kind == 4 ? frontiers[study] : frontiersAtLoss[study][_whoIs(account)];
        if (part.endRound < part.nextRound || part.endRound > endBefore || part.endRound > bound) _broken(9);
    }

    function _loses(uint256 who) internal {
        standing[who] = false;
        since[who] = height;
        lostIn[who] = height;
        for (uint256 i = 0; i < studies.length; ++i) frontiersAtLoss[studies[i]][who] = frontiers[studies[i]];
    }

    function _remember(address sender, bytes memory data) internal {
        past.push(Call(sender, data));
    }

    function _study(uint256 which) internal view returns (bytes32) {
        return studies[which % studies.length];
    }

    function _key(uint256 who, uint256 generation) internal pure returns (uint256) {
        return 0x1000 + who * 0x1000 + generation;
    }

    function _member(uint256 who) internal view returns (address) {
        return vm.addr(_key(who, generations[who]));
    }

    /// @dev The member that has or had the account.
    function _whoIs(address account) internal view returns (uint256) {
        for (uint256 who = 0; who < MEMBERS; ++who) {
            for (uint256 generation = 0; generation <= generations[who]; ++generation) {
                if (vm.addr(_key(who, generation)) == account) return who;
            }
        }
        return MEMBERS;
    }

    /// @dev The newest key of whoever has or had the account; that of nobody, if nobody.
    function _keyOf(address account) internal view override returns (uint256) {
        uint256 who = _whoIs(account);
        return who == MEMBERS ? 1 : _key(who, generations[who]);
    }
}
