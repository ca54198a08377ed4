// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAccessControlDefaultAdminRules} from "@openzeppelin/contracts/access/extensions/IAccessControlDefaultAdminRules.sol";
import {ILedger} from "../ILedger.sol";
import {ILedgerRecords} from "../ILedgerRecords.sol";
import {HonestCalls} from "./HonestCalls.sol";
import {Vm, vm} from "./Vm.sol";

/// @dev And every attack that we could think of.
contract LedgerHandler is HonestCalls {
    /// @dev Once: the runner would call this too.
    function setUp() public override {
        require(studies.length == 0, "set up already");
        super.setUp();
        (height, clock) = (BLOCK, 1_000_000);
        for (uint256 who = 0; who < MEMBERS; ++who) {
            vm.recordLogs();
            membership.admit(_member(who));
            _followMember();
            (standing[who], since[who]) = (true, height);
        }
        _open(keccak256("first"));
        _open(keccak256("second"));
    }

    /// @dev I3, I19: an accepted call once more, as it was.
    function replay(uint256 which, uint256 seed) external inOrder(seed) {
        if (past.length == 0) return;
        Call memory again = past[which % past.length];
        vm.prank(again.sender);
        _call(again.data);
        _broken(3);
    }

    /// @dev I11: a recorded round once more with another content, by its member or under its signature.
    function rewrite(uint256 which, bool signed, uint256 seed) external inOrder(seed) {
        if (records.length == 0) return;
        ILedgerRecords.Contribution memory record = records[which % records.length];
        record.base = bytes32(seed | 1);
        if (signed) {
            (ILedgerRecords.Contribution[] memory contributions, ILedgerRecords.Signature[] memory signatures) = _batchOf(
                record,
                _sign(_keyOf(record.member), record)
            );
            ledger.contributeBatch(contributions, signatures);
        } else {
            vm.prank(record.member);
            ledger.contribute(record);
        }
        _broken(11);
    }

    /// @dev I7: the administrator, who has every role there is, tries to act as a member, or for one.
    function administer(uint256 who, uint256 which, uint256 seed) external inOrder(seed) {
        (ILedgerRecords.Contribution memory record, ) = _next(who, which, seed);
        if (seed % 4 == 0) record.member = address(this);
        if (seed % 4 == 1) ledger.join(_consent(record.study, record.member), ILedgerRecords.Signature(0, 0));
        else if (seed % 4 == 2) ledger.withdraw(record.study);
        else ledger.contribute(record);
        _broken(7);
    }

    /// @dev I6, I19: somebody else's signature, an old key's, or one of another study, under a record or a consent.
    function forge(uint256 who, uint256 other, uint256 which, uint256 seed) external inOrder(seed) {
        (ILedgerRecords.Contribution memory record, ) = _next(who, which, seed);
        uint256 key = _keyOf(_member(other % MEMBERS));
        if (_member(other % MEMBERS) == record.member) {
            // Its own key: the one before, if there was any.
            if (generations[other % MEMBERS] == 0) return;
            --key;
            if (seed % 2 == 0) record.member = vm.addr(key);
        }
        if (seed % 4 < 2) {
            ILedgerRecords.Join memory consent = _consent(record.study, record.member);
            ledger.join(consent, _signJoin(key, consent));
        } else {
            (ILedgerRecords.Contribution[] memory contributions, ILedgerRecords.Signature[] memory signatures) = _batchOf(
                record,
                _sign(key, record)
            );
            ledger.contributeBatch(contributions, signatures);
        }
        _broken(6);
    }

    /// @dev I13: scores that nobody committed to, or for another round than they were for.
    function inventScores(uint256 which, uint256 seed) external inOrder(seed) {
        if (commitments.length == 0) return;
        ILedgerRecords.Valuation memory valuation = commitments[which % commitments.length].valuation;
        if (seed % 2 == 0) valuation.scores[0] = bytes32(seed);
        else valuation.round += uint32(4 << (seed % 28));
        ledger.reveal(valuation);
        _broken(13);
    }

    /// @dev I10: a member tries to become the administrator, or to use its powers.
    function seize(uint256 who, uint256 seed) external inOrder(seed) {
        address member = _member(who % MEMBERS);
        bytes32 role = seed % 2 == 0 ? membership.DEFAULT_ADMIN_ROLE() : membership.STUDY_ROLE();
        vm.prank(member);
        if (seed % 5 == 0) membership.beginDefaultAdminTransfer(member);
        else if (seed % 5 == 1) IAccessControlDefaultAdminRules(address(membership)).acceptDefaultAdminTransfer();
        else if (seed % 5 == 2) membership.grantRole(role, member);
        else if (seed % 5 == 3) membership.setGovernance(_governance());
        else ledger.nameSuccessor(address(membership));
        _broken(10);
    }

    /// @dev I15.
    function pay(uint256 amount, bool known) external {
        vm.deal(address(this), amount);
        bytes memory data = known ? abi.encodeCall(ILedger.closeStudy, (studies[0])) : bytes("");
        (bool paid, ) = address(ledger).call{value: amount}(data);
        if (paid && !known) _broken(15);
        if (paid && amount != 0) _broken(15);
        require(!paid, "closed for nothing");
    }

    /// @dev I21: a successor is named, and perhaps taken back.
    function succeed(uint256 seed) external inOrder(seed) {
        if (seed % 8 != 0) return;
        bool wasEffective = successorNamed != address(0) && clock >= successorEffective;
        vm.recordLogs();
        if (seed % 16 == 0) {
            ledger.nameSuccessor(address(membership));
            if (successorNamed != address(0)) _broken(21);
            (successorNamed, successorEffective) = (address(membership), clock + 2 days);
        } else {
            ledger.cancelSuccessor();
            if (wasEffective || successorNamed == address(0)) _broken(21);
            (successorNamed, successorEffective) = (address(0), 0);
        }
        Vm.Log[] memory logs = vm.getRecordedLogs();
        REBUILT.takeSuccessor(logs[0].topics, logs[0].data);
    }

    /// @dev I21: there is one from the second on that was said, and never before. I8: the views answer whenever asked.
    function look(uint256 which, uint256 seed) external inOrder(seed) {
        bool effective = successorNamed != address(0) && clock >= successorEffective;
        if (ledger.successor() != (effective ? successorNamed : address(0))) _broken(21);
        bytes32 study = _study(which);
        try this.digestOf(study) returns (bytes32 digest) {
            if (closedAs[study] != 0 && closedAs[study] != digest) _broken(5);
        } catch {
            _broken(8);
        }
    }
}
