// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ILedger} from "../ILedger.sol";
import {ILedgerRecords} from "../ILedgerRecords.sol";
import {IMembership} from "../IMembership.sol";
import {LedgerGhosts} from "./LedgerGhosts.sol";
import {vm} from "./Vm.sol";

/// @dev What the invariant runner calls, in random order and with random arguments: use as it is meant, with some slips.
abstract contract HonestCalls is LedgerGhosts {
    /// @dev One to three calls a block; an hour passes with each.
    modifier inOrder(uint256 seed) {
        clock += 1 hours;
        if (seed % 3 != 0) height += seed % 3;
        vm.warp(clock);
        vm.roll(height);
        _;
    }

    function open(uint256 seed) external inOrder(seed) {
        if (studies.length < 4) _open(keccak256(abi.encode("study", seed)));
    }

    function join(uint256 who, uint256 which, uint256 seed) external inOrder(seed) {
        ILedgerRecords.Join memory consent = _consent(_study(which), _member(who % MEMBERS));
        consent.dataCommitment = bytes32(seed | 1);
        consent.deadline = uint64(clock + (seed % 6) * 1 hours - 1 hours);
        bytes memory data = abi.encodeCall(ILedger.join, (consent, _signJoin(_keyOf(consent.member), consent)));
        vm.recordLogs();
        _call(data);
        _acceptedJoin(consent.study, consent.member, who % MEMBERS, clock <= consent.deadline);
        _remember(address(this), data);
    }

    function withdraw(uint256 who, uint256 which, uint256 seed) external inOrder(seed) {
        // Seldom, or few would be left to do anything.
        if (seed % 16 != 0) return;
        bytes32 study = _study(which);
        address account = _participant(study, who);
        uint32 endBefore = ledger.participantOf(study, account).endRound;
        vm.recordLogs();
        vm.prank(account);
        ledger.withdraw(study);
        _acceptedLeave(4, study, account, endBefore);
    }

    function exclude(uint256 who, uint256 which, uint256 seed) external inOrder(seed) {
        bytes32 study = _study(which);
        address account = _participant(study, who);
        uint32 endBefore = ledger.participantOf(study, account).endRound;
        vm.recordLogs();
        ledger.exclude(study, account);
        _acceptedLeave(6, study, account, endBefore);
        if (standing[_whoIs(account)]) _broken(9);
    }

    function close(uint256 which, uint256 seed) external inOrder(seed) {
        if (seed % 64 != 0) return;
        bytes32 study = _study(which);
        vm.recordLogs();
        ledger.closeStudy(study);
        _follow(5);
        closedAs[study] = digestOf(study);
    }

    /// @dev Suspends, reinstates, removes, admits again, or gives a new key to a member.
    function administerMember(uint256 who, uint256 seed) external inOrder(seed) {
        who = who % MEMBERS;
        address member = _member(who);
        IMembership.Standing now_ = membership.standingOf(member).standing;
        vm.recordLogs();
        if (now_ == IMembership.Standing.Suspended && seed % 4 != 0) membership.reinstate(member);
        else if (now_ == IMembership.Standing.Removed) membership.admit(member);
        else if (seed % 32 == 0) membership.remove(member);
        else if (seed % 16 == 5 && generations[who] < 2) membership.rotate(member, vm.addr(_key(who, ++generations[who])));
        else if (seed % 8 == 1) membership.suspend(member);
        else return;
        _followMember();
        bool has = membership.isMember(_member(who));
        if (standing[who] && !has) _loses(who);
        // A suspended member that is removed lost its standing before.
        else if (has) (standing[who], since[who]) = (true, height);
    }

    function contribute(uint256 who, uint256 which, uint256 seed) external inOrder(seed) {
        (ILedgerRecords.Contribution memory record, ILedgerRecords.Valuation memory valuation) = _next(who, which, seed);
        vm.recordLogs();
        vm.prank(record.member);
        ledger.contribute(record);
        _acceptedContribution(record, _whoIs(record.member));
        _remember(record.member, abi.encodeCall(ILedger.contribute, (record)));
        _committed(record, valuation);
    }

    function contributeSigned(uint256 who, uint256 which, uint256 seed) external inOrder(seed) {
        (ILedgerRecords.Contribution memory record, ILedgerRecords.Valuation memory valuation) = _next(who, which, seed);
        (ILedgerRecords.Contribution[] memory contributions, ILedgerRecords.Signature[] memory signatures) = _batchOf(
            record,
            _sign(_keyOf(record.member), record)
        );
        bytes memory data = abi.encodeCall(ILedger.contributeBatch, (contributions, signatures));
        vm.recordLogs();
        _call(data);
        _acceptedContribution(record, _whoIs(record.member));
        _remember(address(this), data);
        _committed(record, valuation);
    }

    /// @dev The newest commitments most often, now and then one that may be too old.
    function reveal(uint256 which, uint256 seed) external inOrder(seed) {
        if (commitments.length == 0) return;
        uint256 back = which % (seed % 4 == 0 ? commitments.length : 1 + (commitments.length - 1) % 8);
        Committed memory made = commitments[commitments.length - 1 - back];
        bytes memory data = abi.encodeCall(ILedger.reveal, (made.valuation));
        vm.recordLogs();
        _call(data);
        _acceptedReveal(made, height);
        _remember(address(this), data);
    }

    function checkpoint(uint256 which, uint256 seed) external inOrder(seed) {
        bytes32 study = _study(which);
        ILedgerRecords.StudyStatus memory status = ledger.studyOf(study);
        ILedgerRecords.Checkpoint memory signed = ILedgerRecords.Checkpoint(study, frontiers[study], status.head);
        uint256 count = seed % 4 == 0 ? status.participants / 2 : status.participants;
        uint8[] memory positions = new uint8[](count);
        ILedgerRecords.Signature[] memory signatures = new ILedgerRecords.Signature[](count);
        for (uint8 position = 0; position < count; ++position) {
            positions[position] = position;
            uint256 key = _keyOf(ledger.participantAt(study, position));
            signatures[position] = _signHash(ledger.domainSeparator(), key, _hash(signed));
        }
        bytes memory data = abi.encodeCall(ILedger.checkpoint, (signed, positions, signatures));
        vm.recordLogs();
        _call(data);
        _follow(8);
        _remember(address(this), data);
    }

    /// @dev Somebody signed something else for a round that it recorded: which stands nevertheless.
    function reportEquivocation(uint256 which, uint256 seed) external inOrder(seed) {
        if (records.length == 0) return;
        ILedgerRecords.Contribution memory first = records[which % records.length];
        ILedgerRecords.Contribution memory second = records[which % records.length];
        second.base = bytes32(seed);
        uint256 key = _keyOf(first.member);
        bytes memory data = abi.encodeCall(
            ILedger.reportEquivocation,
            (first, _sign(key, first), second, _sign(key, second))
        );
        vm.recordLogs();
        _call(data);
        _follow(7);
        _remember(address(this), data);
    }

    /// @dev Most often the record that fits; now and then one with a round or epsilon that may not.
    function _next(
        uint256 who,
        uint256 which,
        uint256 seed
    ) internal view returns (ILedgerRecords.Contribution memory record, ILedgerRecords.Valuation memory valuation) {
        bytes32 study = _study(which);
        address member = _participant(study, who);
        ILedgerRecords.ParticipantStatus memory part = ledger.participantOf(study, member);
        uint32 round = part.nextRound;
        if (seed % 8 == 1) round = round / 2 + uint32((seed / 8) % (round / 2 + 3));
        else if (seed % 128 == 0) round = LAST_ROUND + uint32((seed / 128) % 2);
        record = _contribution(member, round);
        record.study = study;
        record.update = round == LAST_ROUND ? bytes32(0) : keccak256(abi.encode("update", seed));
        record.samples = round == LAST_ROUND ? 0 : uint32(1 + (seed % 1000));
        record.epsilonMicros = seed % 32 == 5 ? uint64((seed / 32) % (2 * BUDGET)) : part.epsilonMicros + uint64(seed % 1000);
        if (round == 0) return (record, valuation);
        valuation = _valuation(member, round - 1);
        valuation.study = study;
        valuation.salt = bytes32(seed);
        record.scoreCommitment = seed % 11 == 0 ? bytes32(0) : _hash(valuation);
    }

    function _open(bytes32 study) internal {
        ILedgerRecords.OpenStudy memory opening = _opening(study);
        opening.rounds = LAST_ROUND;
        opening.maximumMembers = 4;
        vm.recordLogs();
        ledger.openStudy(opening);
        studies.push(study);
        _follow(0);
        if (successorNamed != address(0) && clock >= successorEffective) _broken(21);
    }

    /// @dev Most often somebody who joined the study, with its newest key; now and then just a member.
    function _participant(bytes32 study, uint256 who) internal view returns (address) {
        uint16 participants = ledger.studyOf(study).participants;
        if (participants == 0 || who % 8 == 0) return _member((who / 8) % MEMBERS);
        return _member(_whoIs(ledger.participantAt(study, uint16((who / 8) % participants))));
    }

    /// @dev A call to the ledger; reverts as it does.
    function _call(bytes memory data) internal {
        (bool done, ) = address(ledger).call(data);
        require(done, "refused");
    }

    function _committed(ILedgerRecords.Contribution memory record, ILedgerRecords.Valuation memory valuation) private {
        if (record.scoreCommitment != 0) commitments.push(Committed(valuation, height));
    }
}
