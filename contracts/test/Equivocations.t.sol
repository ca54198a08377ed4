// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ILedgerErrors} from "../ILedgerErrors.sol";
import {ILedgerEvents} from "../ILedgerEvents.sol";
import {ILedgerRecords} from "../ILedgerRecords.sol";
import {LedgerFixture} from "./LedgerFixture.sol";
import {vm} from "./Vm.sol";

contract EquivocationsTest is LedgerFixture {
    ILedgerRecords.Contribution private one;
    ILedgerRecords.Contribution private other;

    function setUp() public override {
        super.setUp();
        _join(ALICE);
        _join(BOB);
        one = _contribution(ALICE, 1);
        other = _contribution(ALICE, 1);
        other.samples = 7;
    }

    function test_reportEquivocation_isRecordedWhoeverSends() public {
        _contribute(_contribution(ALICE, 0));
        _contribute(one); // the first stands
        bytes32 structHash = keccak256(
            abi.encode(
                keccak256("Equivocated(bytes32 study,uint32 round,address member,bytes32 first,bytes32 second)"),
                STUDY,
                uint32(1),
                ALICE,
                _hash(one),
                _hash(other)
            )
        );
        bytes32 head = _nextHead(_headOf(STUDY), 7, structHash);
        ILedgerRecords.Signature memory first = _sign(ALICE_KEY, one);
        ILedgerRecords.Signature memory second = _sign(ALICE_KEY, other);
        vm.expectEmit(address(ledger));
        emit ILedgerEvents.Equivocated(STUDY, 5, head, 1, ALICE, _hash(one), _hash(other));
        vm.prank(STRANGER);
        ledger.reportEquivocation(one, first, other, second);
        assert(_headOf(STUDY) == head && ledger.participantOf(STUDY, ALICE).nextRound == 2);
    }

    function test_reportEquivocation_isRecordedOnceInAnyOrder() public {
        _report(one, ALICE_KEY, other, ALICE_KEY);
        bytes memory known = abi.encodeWithSelector(ILedgerErrors.EquivocationKnown.selector, STUDY, ALICE, 1);
        _expectRefused(one, other, known);
        _expectRefused(other, one, known);
        ILedgerRecords.Contribution memory elsewhere = _contribution(ALICE, 2);
        ILedgerRecords.Contribution memory elsewhereToo = _contribution(ALICE, 2);
        elsewhereToo.base = keccak256("another base");
        _report(elsewhere, ALICE_KEY, elsewhereToo, ALICE_KEY); // another round is another matter
    }

    function test_reportEquivocation_revertsIfThereIsNone() public {
        bytes memory none = abi.encodeWithSelector(ILedgerErrors.NoEquivocation.selector);
        _expectRefused(one, one, none);
        ILedgerRecords.Contribution memory differs = _contribution(ALICE, 2);
        _expectRefused(one, differs, none);
        differs = other;
        differs.member = BOB;
        _expectRefused(one, differs, none);
        differs = _contribution(ALICE, 1);
        differs.study = keccak256("another");
        _expectRefused(one, differs, none);
    }

    function test_reportEquivocation_revertsIfNotSignedByMember() public {
        bytes memory refusal = abi.encodeWithSelector(ILedgerErrors.NotTheMember.selector, BOB, ALICE);
        vm.expectRevert(refusal);
        this.report(one, BOB_KEY, other, ALICE_KEY);
        vm.expectRevert(refusal);
        this.report(one, ALICE_KEY, other, BOB_KEY);
    }

    function test_reportEquivocation_revertsBeyondStudy() public {
        one.round = ROUNDS + 1;
        other.round = ROUNDS + 1;
        bytes memory refusal = abi.encodeWithSelector(ILedgerErrors.RoundBeyondStudy.selector, ROUNDS + 1, ROUNDS);
        _expectRefused(one, other, refusal);
        one.round = ROUNDS;
        other.round = ROUNDS;
        _report(one, ALICE_KEY, other, ALICE_KEY);
    }

    function test_reportEquivocation_revertsIfNotParticipant() public {
        one.member = CAROL;
        other.member = CAROL;
        bytes memory refusal = abi.encodeWithSelector(ILedgerErrors.NotParticipant.selector, STUDY, CAROL);
        vm.expectRevert(refusal);
        this.report(one, CAROL_KEY, other, CAROL_KEY);
    }

    function test_reportEquivocation_worksAgainstRemovedMemberAndOldKey() public {
        membership.rotate(BOB, STRANGER);
        membership.remove(ALICE);
        _report(one, ALICE_KEY, other, ALICE_KEY);
        one.member = BOB;
        other.member = BOB;
        _report(one, BOB_KEY, other, BOB_KEY);
    }

    function test_reportEquivocation_revertsIfClosed() public {
        ledger.closeStudy(STUDY);
        _expectRefused(
            one,
            other,
            abi.encodeWithSelector(ILedgerErrors.StudyNotOpen.selector, STUDY, ILedgerRecords.StudyState.Closed)
        );
    }

    function report(
        ILedgerRecords.Contribution memory first,
        uint256 firstKey,
        ILedgerRecords.Contribution memory second,
        uint256 secondKey
    ) external {
        _report(first, firstKey, second, secondKey);
    }

    function _report(
        ILedgerRecords.Contribution memory first,
        uint256 firstKey,
        ILedgerRecords.Contribution memory second,
        uint256 secondKey
    ) private {
        ledger.reportEquivocation(first, _sign(firstKey, first), second, _sign(secondKey, second));
    }

    function _expectRefused(
        ILedgerRecords.Contribution memory first,
        ILedgerRecords.Contribution memory second,
        bytes memory refusal
    ) private {
        vm.expectRevert(refusal);
        this.report(first, ALICE_KEY, second, ALICE_KEY);
    }
}
