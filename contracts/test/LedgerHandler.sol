// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ILedgerRecords} from "../ILedgerRecords.sol";
import {LedgerFixture} from "./LedgerFixture.sol";
import {RebuiltLog} from "./RebuiltLog.sol";
import {Vm, vm} from "./Vm.sol";

/// @dev What the invariant runner calls, in random order and with random arguments: honest use, and every attack that we
/// could think of. It believes nothing that the ledger says: it counts what it was let do, and rebuilds the log from the
/// events alone. A broken promise raises `violations`, since the runner forgives calls that revert.
contract LedgerHandler is LedgerFixture {
    uint256 private constant MEMBERS = 5;
    uint32 private constant LAST_ROUND = 12;

    RebuiltLog public immutable REBUILT = new RebuiltLog();

    /// @dev Bit n is set when promise In of the list of contract invariants was broken during a call.
    uint256 public violations;

    /// @dev Calls that the ledger accepted, by kind of entry.
    mapping(uint8 kind => uint256 count) public accepted;

    bytes32[] public studies;
    mapping(bytes32 recordIdentity => bool recorded) private _recorded;
    mapping(bytes32 valuationIdentity => bool committed) private _committed;
    ILedgerRecords.Contribution[] private _past;
    mapping(bytes32 study => mapping(address evaluator => ILedgerRecords.Valuation)) private _pending;

    /// @dev Once: the runner would call this too.
    function setUp() public override {
        require(studies.length == 0, "set up already");
        super.setUp();
        for (uint256 i = 0; i < MEMBERS; ++i) {
            if (!membership.isMember(_member(i))) membership.admit(_member(i));
        }
        _open(keccak256("first"));
        _open(keccak256("second"));
    }

    function studyCount() external view returns (uint256) {
        return studies.length;
    }

    function ledgerAddress() external view returns (address) {
        return address(ledger);
    }

    function members() external pure returns (address[] memory list) {
        list = new address[](MEMBERS);
        for (uint256 i = 0; i < MEMBERS; ++i) list[i] = _member(i);
    }

    function open(uint256 seed) external {
        if (studies.length < 4) _open(keccak256(abi.encode("study", seed)));
    }

    function join(uint256 who, uint256 which) external {
        bytes32 study = _study(which);
        address member = _member(who);
        bool belongs = membership.isMember(member);
        vm.recordLogs();
        vm.prank(member);
        ledger.join(study, keccak256(abi.encode("data", study, member)));
        _follow(1);
        if (!belongs) _broken(6);
    }

    function withdraw(uint256 who, uint256 which) external {
        // Seldom, or few would be left to do anything.
        if (who % 16 != 0) return;
        bytes32 study = _study(which);
        vm.recordLogs();
        vm.prank(_participant(study, who / 16));
        ledger.withdraw(study);
        _follow(4);
    }

    function close(uint256 which) external {
        if (which % 64 != 0) return;
        bytes32 study = _study(which / 64);
        vm.recordLogs();
        ledger.closeStudy(study);
        _follow(5);
    }

    function toggleMember(uint256 who) external {
        address member = _member(who);
        if (membership.isMember(member) && who % 8 == 0) membership.remove(member);
        else membership.admit(member);
    }

    function contribute(uint256 who, uint256 which, uint256 seed) external {
        (ILedgerRecords.Contribution memory contribution, ILedgerRecords.Valuation memory valuation) = _next(who, which, seed);
        bool belongs = membership.isMember(contribution.member);
        vm.recordLogs();
        vm.prank(contribution.member);
        ledger.contribute(contribution);
        _accepted(contribution, valuation, belongs);
    }

    function contributeSigned(uint256 who, uint256 which, uint256 seed) external {
        (ILedgerRecords.Contribution memory contribution, ILedgerRecords.Valuation memory valuation) = _next(who, which, seed);
        bool belongs = membership.isMember(contribution.member);
        (ILedgerRecords.Contribution[] memory contributions, ILedgerRecords.Signature[] memory signatures) = _batchOf(
            contribution,
            _sign(_keyOf(contribution.member), contribution)
        );
        vm.recordLogs();
        ledger.contributeBatch(contributions, signatures);
        _accepted(contribution, valuation, belongs);
    }

    function reveal(uint256 who, uint256 which) external {
        bytes32 study = _study(which);
        ILedgerRecords.Valuation memory valuation = _pending[study][_participant(study, who)];
        vm.recordLogs();
        ledger.reveal(valuation);
        _follow(3);
        bytes32 identity = keccak256(abi.encode(valuation));
        if (!_committed[identity]) _broken(12);
        delete _committed[identity];
    }

    /// @dev An accepted record again, by its member or under its signature, perhaps with another content.
    function replay(uint256 which, bool signed, bool altered) external {
        if (_past.length == 0) return;
        ILedgerRecords.Contribution memory contribution = _past[which % _past.length];
        if (altered) contribution.update = keccak256("something else");
        if (signed) {
            (ILedgerRecords.Contribution[] memory contributions, ILedgerRecords.Signature[] memory signatures) = _batchOf(
                contribution,
                _sign(_keyOf(contribution.member), contribution)
            );
            ledger.contributeBatch(contributions, signatures);
        } else {
            vm.prank(contribution.member);
            ledger.contribute(contribution);
        }
        _broken(altered ? 11 : 3);
    }

    /// @dev The administrator has every role there is, and tries to be a member too.
    function administer(uint256 which, uint256 seed) external {
        ILedgerRecords.Contribution memory contribution = _contribution(address(this), uint32(seed % ROUNDS));
        contribution.study = _study(which);
        if (seed % 2 == 0) ledger.join(contribution.study, keccak256("data"));
        else ledger.contribute(contribution);
        _broken(7);
    }

    /// @dev A member's own record under somebody else's signature.
    function forge(uint256 who, uint256 other, uint256 which, uint256 seed) external {
        (ILedgerRecords.Contribution memory contribution, ) = _next(who, which, seed);
        if (_member(other) == contribution.member) return;
        (ILedgerRecords.Contribution[] memory contributions, ILedgerRecords.Signature[] memory signatures) = _batchOf(
            contribution,
            _sign(_key(other), contribution)
        );
        ledger.contributeBatch(contributions, signatures);
        _broken(6);
    }

    function pay(uint256 amount) external {
        vm.deal(address(this), amount);
        (bool paid, ) = address(ledger).call{value: amount}("");
        if (paid) _broken(15);
    }

    /// @dev Most often the record that fits; now and then one with a round or epsilon that may not.
    function _next(
        uint256 who,
        uint256 which,
        uint256 seed
    ) private view returns (ILedgerRecords.Contribution memory contribution, ILedgerRecords.Valuation memory valuation) {
        bytes32 study = _study(which);
        address member = _participant(study, who);
        ILedgerRecords.ParticipantStatus memory participant = ledger.participantOf(study, member);
        uint32 round = seed % 5 == 0 ? uint32((seed / 5) % (LAST_ROUND + 2)) : participant.nextRound;
        contribution = _contribution(member, round);
        contribution.study = study;
        contribution.update = round == LAST_ROUND ? bytes32(0) : keccak256(abi.encode("update", seed));
        contribution.samples = round == LAST_ROUND ? 0 : uint32(1 + (seed % 1000));
        contribution.epsilonMicros = seed % 7 == 0
            ? uint64((seed / 7) % (2 * BUDGET))
            : participant.epsilonMicros + uint64(seed % 1000);
        if (round == 0) return (contribution, valuation);
        valuation = _valuation(member, round - 1);
        valuation.study = study;
        valuation.salt = bytes32(seed);
        contribution.scoreCommitment = _hash(valuation);
    }

    function _accepted(
        ILedgerRecords.Contribution memory contribution,
        ILedgerRecords.Valuation memory valuation,
        bool belongs
    ) private {
        bytes32 identity = keccak256(abi.encode(contribution.study, contribution.round, contribution.member));
        if (_recorded[identity]) _broken(11);
        _recorded[identity] = true;
        if (!belongs) _broken(6);
        if (contribution.round > LAST_ROUND) _broken(14);
        _past.push(contribution);
        _pending[contribution.study][contribution.member] = valuation;
        if (contribution.scoreCommitment != 0) _committed[keccak256(abi.encode(valuation))] = true;
        _follow(2);
    }

    function _open(bytes32 study) private {
        ILedgerRecords.OpenStudy memory opening = _opening(study);
        opening.rounds = LAST_ROUND;
        vm.recordLogs();
        ledger.openStudy(opening);
        studies.push(study);
        _follow(0);
    }

    /// @dev Takes in the one event of a call that was accepted.
    function _follow(uint8 kind) private {
        ++accepted[kind];
        Vm.Log[] memory logs = vm.getRecordedLogs();
        if (logs.length != 1 || logs[0].emitter != address(ledger)) _broken(22);
        else if (!REBUILT.take(address(ledger), logs[0].topics, logs[0].data)) _broken(4);
    }

    function _broken(uint256 invariantNumber) private {
        violations |= 1 << invariantNumber;
    }

    function _study(uint256 which) private view returns (bytes32) {
        return studies[which % studies.length];
    }

    /// @dev Most often somebody who joined the study, now and then just a member.
    function _participant(bytes32 study, uint256 who) private view returns (address) {
        uint16 participants = ledger.studyOf(study).participants;
        if (participants == 0 || who % 8 == 0) return _member(who / 8);
        return ledger.participantAt(study, uint16((who / 8) % participants));
    }

    function _key(uint256 who) private pure returns (uint256) {
        return 0x1000 + (who % MEMBERS);
    }

    function _keyOf(address member) private pure returns (uint256) {
        for (uint256 i = 0; i < MEMBERS; ++i) if (_member(i) == member) return _key(i);
        return 0;
    }

    function _member(uint256 who) private pure returns (address) {
        return vm.addr(_key(who));
    }
}
