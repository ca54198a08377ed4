// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ILedgerRecords} from "../ILedgerRecords.sol";
import {IMembership} from "../IMembership.sol";
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
    address private immutable OWNER = msg.sender;

    /// @dev Bit n is set when promise In of the list of contract invariants was broken during a call.
    uint256 public violations;

    /// @dev Calls that the ledger accepted, by kind of entry.
    mapping(uint8 kind => uint256 count) public accepted;

    bytes32[] public studies;
    mapping(bytes32 recordIdentity => bool recorded) private _recorded;
    mapping(bytes32 valuationIdentity => bool committed) private _committed;
    ILedgerRecords.Contribution[] private _past;
    mapping(bytes32 study => mapping(address evaluator => ILedgerRecords.Valuation[])) private _pending;

    /// @dev One more than the highest round that anybody has recorded in a study.
    mapping(bytes32 study => uint32 round) private _frontier;
    /// @dev The frontier when an account lost its standing, plus one; 0 while it has it.
    mapping(bytes32 study => mapping(address account => uint32 round)) private _lostAt;
    /// @dev An account that lost its standing has to join again, even if it got it back.
    mapping(bytes32 study => mapping(address account => bool)) private _mustJoin;
    /// @dev The block that the runner is in: the compiler may take `block.number` for a constant.
    uint256 private _block = BLOCK;
    uint256 private _newKeys;
    mapping(uint256 seat => uint256 key) private _keys;
    mapping(address account => uint256 key) private _keyOfAccount;

    /// @dev Once: the runner would call this too.
    function setUp() public override {
        require(studies.length == 0, "set up already");
        super.setUp();
        membership.setGovernance(IMembership.Governance({weightShareCapMicros: 1, quorumMicros: 1}));
        for (uint256 i = 0; i < MEMBERS; ++i) {
            _keys[i] = 0x1000 + i;
            _keyOfAccount[_member(i)] = _keys[i];
            membership.admit(_member(i));
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

    /// @dev For the test that deployed it, not for the runner.
    function breakForControl() external {
        require(msg.sender == OWNER, "not the owner");
        _broken(1);
    }

    function open(uint256 seed) external {
        if (studies.length < 4) _open(keccak256(abi.encode("study", seed)));
    }

    function join(uint256 who, uint256 which) external inNextBlock {
        bytes32 study = _study(which);
        address member = _member(who);
        bool belongs = membership.isMember(member);
        ILedgerRecords.Join memory consent = _consent(study, member);
        consent.deadline += uint64(_block); // another consent each time
        ILedgerRecords.Signature memory signature = _signJoin(_keyOf(member), consent);
        vm.recordLogs();
        ledger.join(consent, signature);
        _follow(1);
        if (!belongs) _broken(6);
        if (ledger.participantOf(study, member).nextRound != _frontier[study]) _broken(9);
        _mustJoin[study][member] = false;
    }

    function withdraw(uint256 who, uint256 which) external inNextBlock {
        // Seldom, or few would be left to do anything.
        if (who % 16 != 0) return;
        bytes32 study = _study(which);
        vm.recordLogs();
        vm.prank(_participant(study, who / 16));
        ledger.withdraw(study);
        _follow(4);
    }

    function close(uint256 which) external inNextBlock {
        if (which % 64 != 0) return;
        bytes32 study = _study(which / 64);
        vm.recordLogs();
        ledger.closeStudy(study);
        _follow(5);
    }

    function toggleMember(uint256 who) external inNextBlock {
        address member = _member(who);
        IMembership.Standing standing = membership.standingOf(member).standing;
        if (standing == IMembership.Standing.Removed) membership.admit(member);
        else if (standing == IMembership.Standing.Suspended && who % 3 == 0) membership.remove(member);
        else if (standing == IMembership.Standing.Suspended) membership.reinstate(member);
        else if (who % 16 == 0) _lose(member, who % 32 == 0);
    }

    function exclude(uint256 who, uint256 which) external inNextBlock {
        bytes32 study = _study(which);
        address member = _participant(study, who);
        vm.recordLogs();
        ledger.exclude(study, member);
        _follow(6);
        if (membership.isMember(member)) _broken(7);
        if (ledger.participantOf(study, member).endRound > _lostAt[study][member] - 1) _broken(9);
    }

    function rotate(uint256 who) external inNextBlock {
        if (who % 16 != 0 || _newKeys == 20) return;
        uint256 seat = (who / 16) % MEMBERS;
        address old = _member(seat);
        uint256 key = 0x2000 + _newKeys;
        membership.rotate(old, vm.addr(key));
        ++_newKeys;
        _keys[seat] = key;
        _keyOfAccount[vm.addr(key)] = key;
        for (uint256 i = 0; i < studies.length; ++i) _mustJoin[studies[i]][vm.addr(key)] = true;
    }

    function equivocate(uint256 who, uint256 which, uint256 seed) external inNextBlock {
        bytes32 study = _study(which);
        address member = _participant(study, who);
        ILedgerRecords.Contribution memory one = _contribution(member, uint32(seed % (LAST_ROUND + 2)));
        one.study = study;
        ILedgerRecords.Contribution memory other = one;
        one = _contribution(member, other.round);
        one.study = study;
        one.samples = 7;
        uint256 key = seed % 3 == 0 ? _keys[seed % MEMBERS] : _keyOf(member);
        ILedgerRecords.Signature memory second = _sign(key, other);
        ILedgerRecords.Signature memory first = _sign(_keyOf(member), one);
        vm.recordLogs();
        ledger.reportEquivocation(one, first, other, second);
        _follow(7);
        if (key != _keyOf(member)) _broken(6);
        bytes32 identity = keccak256(abi.encode("equivocation", study, member, one.round));
        if (_recorded[identity]) _broken(11);
        _recorded[identity] = true;
    }

    function checkpoint(uint256 which, uint256 who) external inNextBlock {
        bytes32 study = _study(which);
        uint16 participants = ledger.studyOf(study).participants;
        if (participants == 0) return;
        uint8[] memory positions = new uint8[](1);
        positions[0] = uint8(who % participants);
        ILedgerRecords.Checkpoint memory signed = ILedgerRecords.Checkpoint(study, 0, _headOf(study));
        ILedgerRecords.Signature[] memory signatures = new ILedgerRecords.Signature[](1);
        uint256 key = _keyOf(ledger.participantAt(study, positions[0]));
        signatures[0] = _signHash(ledger.domainSeparator(), key, _hash(signed));
        vm.recordLogs();
        ledger.checkpoint(signed, positions, signatures);
        _follow(8);
    }

    function contribute(uint256 who, uint256 which, uint256 seed) external inNextBlock {
        (ILedgerRecords.Contribution memory contribution, ILedgerRecords.Valuation memory valuation) = _next(who, which, seed);
        bool belongs = membership.isMember(contribution.member);
        vm.recordLogs();
        vm.prank(contribution.member);
        ledger.contribute(contribution);
        _accepted(contribution, valuation, belongs);
    }

    function contributeSigned(uint256 who, uint256 which, uint256 seed) external inNextBlock {
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

    function reveal(uint256 who, uint256 which) external inNextBlock {
        bytes32 study = _study(which);
        ILedgerRecords.Valuation[] storage pending = _pending[study][_participant(study, who)];
        if (pending.length == 0) return;
        ILedgerRecords.Valuation memory valuation = pending[pending.length - 1 - ((who / 64) % (pending.length < 3 ? pending.length : 3))];
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
        if (seed % 2 == 0) ledger.withdraw(contribution.study);
        else ledger.contribute(contribution);
        _broken(7);
    }

    /// @dev A member's own record under somebody else's signature.
    function forge(uint256 who, uint256 other, uint256 which, uint256 seed) external {
        (ILedgerRecords.Contribution memory contribution, ) = _next(who, which, seed);
        if (_member(other) == contribution.member) return;
        (ILedgerRecords.Contribution[] memory contributions, ILedgerRecords.Signature[] memory signatures) = _batchOf(
            contribution,
            _sign(_keyOf(_member(other)), contribution)
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
        uint32 round = seed % 40 == 0 ? uint32((seed / 40) % (LAST_ROUND + 2)) : participant.nextRound;
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
        _requireItsRound(contribution, belongs);
        if (contribution.round + 1 > _frontier[contribution.study]) _frontier[contribution.study] = contribution.round + 1;
        if (contribution.round > LAST_ROUND) _broken(14);
        _past.push(contribution);
        if (contribution.scoreCommitment != 0) _pending[contribution.study][contribution.member].push(valuation);
        if (contribution.scoreCommitment != 0) _committed[keccak256(abi.encode(valuation))] = true;
        _follow(2);
    }

    /// @dev I6, I9: of a member that has its standing without a break since it joined; or of one that lost it, and then
    /// only the rounds that had begun.
    function _requireItsRound(ILedgerRecords.Contribution memory contribution, bool belongs) private {
        bytes32 study = contribution.study;
        address member = contribution.member;
        if (belongs && _mustJoin[study][member]) _broken(6);
        if (!belongs && (_lostAt[study][member] == 0 || contribution.round > _lostAt[study][member] - 2)) _broken(9);
    }

    function _lose(address member, bool forGood) private {
        if (forGood) membership.remove(member);
        else membership.suspend(member);
        for (uint256 i = 0; i < studies.length; ++i) {
            _lostAt[studies[i]][member] = _frontier[studies[i]] + 1;
            _mustJoin[studies[i]][member] = true;
        }
    }

    modifier inNextBlock() {
        ++_block;
        vm.roll(_block);
        _;
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

    function _keyOf(address member) internal view override returns (uint256) {
        return _keyOfAccount[member];
    }

    /// @dev The account that a member has now.
    function _member(uint256 who) private view returns (address) {
        return vm.addr(_keys[who % MEMBERS]);
    }
}
