// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAccessControl} from "@openzeppelin/contracts/access/IAccessControl.sol";
import {ILedger} from "../ILedger.sol";
import {ILedgerErrors} from "../ILedgerErrors.sol";
import {ILedgerEvents} from "../ILedgerEvents.sol";
import {ILedgerRecords} from "../ILedgerRecords.sol";
import {IMembership} from "../IMembership.sol";
import {Ledger} from "../Ledger.sol";
import {LedgerFixture} from "./LedgerFixture.sol";
import {vm} from "./Vm.sol";

contract StudiesTest is LedgerFixture {
    bytes32 private constant OTHER = keccak256("another manifest");
    bytes32 private constant DATA = keccak256("data");

    function test_constructor_revertsIfMembershipHasNoCode() public {
        vm.expectRevert(abi.encodeWithSelector(ILedgerErrors.MembershipHasNoCode.selector, STRANGER));
        new Ledger(IMembership(STRANGER));
    }

    function test_openStudy_startsLogBoundToChainAndContract() public {
        bytes32 structHash = keccak256(
            abi.encode(
                keccak256("OpenStudy(bytes32 study,uint32 rounds,uint16 maximumMembers,uint64 epsilonBudgetMicros)"),
                OTHER,
                ROUNDS,
                MAXIMUM_MEMBERS,
                BUDGET
            )
        );
        bytes32 head = _nextHead(_initialHead(OTHER), 0, 0, structHash);
        vm.expectEmit(address(ledger));
        emit ILedgerEvents.Opened(OTHER, 0, head, ROUNDS, MAXIMUM_MEMBERS, BUDGET);
        ledger.openStudy(_opening(OTHER));

        ILedgerRecords.StudyStatus memory study = ledger.studyOf(OTHER);
        assert(study.rounds == ROUNDS && study.maximumMembers == MAXIMUM_MEMBERS);
        assert(study.epsilonBudgetMicros == BUDGET && study.participants == 0);
        assert(study.entryCount == 1 && study.head == head && study.state == ILedgerRecords.StudyState.Open);
    }

    function testFuzz_openStudy_revertsWithoutRole(address sender) public {
        vm.assume(sender != address(this));
        bytes32 role = membership.STUDY_ROLE();
        vm.prank(sender);
        vm.expectRevert(
            abi.encodeWithSelector(IAccessControl.AccessControlUnauthorizedAccount.selector, sender, role)
        );
        ledger.openStudy(_opening(OTHER));
    }

    function test_openStudy_revertsIfZero() public {
        vm.expectRevert(ILedgerErrors.ZeroStudy.selector);
        ledger.openStudy(_opening(0));
    }

    function test_openStudy_revertsIfOpen() public {
        vm.expectRevert(abi.encodeWithSelector(ILedgerErrors.StudyExists.selector, STUDY));
        ledger.openStudy(_opening(STUDY));
    }

    function test_openStudy_revertsIfClosed() public {
        ledger.closeStudy(STUDY);
        vm.expectRevert(abi.encodeWithSelector(ILedgerErrors.StudyExists.selector, STUDY));
        ledger.openStudy(_opening(STUDY));
    }

    function test_openStudy_revertsIfRoundsOutOfRange() public {
        _expectRoundsRefused(0);
        _expectRoundsRefused(type(uint32).max);
        ILedgerRecords.OpenStudy memory opening = _opening(OTHER);
        opening.rounds = type(uint32).max - 1;
        ledger.openStudy(opening);
    }

    function testFuzz_openStudy_revertsIfMaximumMembersOutOfRange(uint16 maximumMembers) public {
        vm.assume(maximumMembers == 0 || maximumMembers > 64);
        _expectMaximumMembersRefused(maximumMembers);
    }

    function test_openStudy_takes64MembersAtTheMost() public {
        _expectMaximumMembersRefused(0);
        _expectMaximumMembersRefused(65);
        ILedgerRecords.OpenStudy memory opening = _opening(OTHER);
        opening.maximumMembers = 64;
        ledger.openStudy(opening);
        assert(ledger.studyOf(OTHER).maximumMembers == ledger.MAXIMUM_MEMBERS());
    }

    function test_join_givesPositionsInOrder() public {
        bytes32 structHash = keccak256(
            abi.encode(
                keccak256("Join(bytes32 study,address member,uint16 position,bytes32 dataCommitment)"),
                STUDY,
                BOB,
                uint16(0),
                DATA
            )
        );
        bytes32 head = _nextHead(_headOf(STUDY), 1, 1, structHash);
        vm.expectEmit(address(ledger));
        emit ILedgerEvents.Joined(STUDY, 1, head, BOB, 0, DATA);
        vm.prank(BOB);
        assert(ledger.join(STUDY, DATA) == 0);
        vm.prank(ALICE);
        assert(ledger.join(STUDY, DATA) == 1);

        assert(ledger.participantAt(STUDY, 0) == BOB && ledger.participantAt(STUDY, 1) == ALICE);
        ILedgerRecords.ParticipantStatus memory alice = ledger.participantOf(STUDY, ALICE);
        assert(alice.joined && !alice.withdrawn && alice.position == 1 && alice.dataCommitment == DATA);
        assert(alice.nextRound == 0 && alice.epsilonMicros == 0 && alice.scoreCommitment == 0);
        assert(ledger.studyOf(STUDY).participants == 2 && ledger.studyOf(STUDY).entryCount == 3);
    }

    function test_join_revertsIfNotMember() public {
        vm.expectRevert(abi.encodeWithSelector(ILedgerErrors.NotMember.selector, address(this)));
        ledger.join(STUDY, DATA);
    }

    function test_join_revertsIfRemovedFromConsortium() public {
        membership.remove(ALICE);
        vm.prank(ALICE);
        vm.expectRevert(abi.encodeWithSelector(ILedgerErrors.NotMember.selector, ALICE));
        ledger.join(STUDY, DATA);
    }

    function test_join_revertsIfJoined() public {
        _join(ALICE);
        vm.prank(ALICE);
        vm.expectRevert(abi.encodeWithSelector(ILedgerErrors.AlreadyJoined.selector, STUDY, ALICE));
        ledger.join(STUDY, DATA);
    }

    function test_join_revertsIfWithdrawn() public {
        _join(ALICE);
        vm.prank(ALICE);
        ledger.withdraw(STUDY);
        vm.prank(ALICE);
        vm.expectRevert(abi.encodeWithSelector(ILedgerErrors.AlreadyJoined.selector, STUDY, ALICE));
        ledger.join(STUDY, DATA);
    }

    function test_join_revertsIfFull() public {
        ILedgerRecords.OpenStudy memory opening = _opening(OTHER);
        opening.maximumMembers = 1;
        ledger.openStudy(opening);
        vm.prank(ALICE);
        ledger.join(OTHER, DATA);
        vm.prank(ALICE);
        ledger.withdraw(OTHER);
        vm.prank(BOB);
        vm.expectRevert(abi.encodeWithSelector(ILedgerErrors.StudyFull.selector, OTHER));
        ledger.join(OTHER, DATA);
    }

    function test_join_revertsIfNoDataCommitment() public {
        vm.prank(ALICE);
        vm.expectRevert(ILedgerErrors.ZeroDataCommitment.selector);
        ledger.join(STUDY, 0);
    }

    function test_join_revertsIfUnknown() public {
        vm.prank(ALICE);
        vm.expectRevert(
            abi.encodeWithSelector(ILedgerErrors.StudyNotOpen.selector, OTHER, ILedgerRecords.StudyState.None)
        );
        ledger.join(OTHER, DATA);
    }

    function test_join_revertsIfClosed() public {
        ledger.closeStudy(STUDY);
        _expectClosed();
        vm.prank(ALICE);
        ledger.join(STUDY, DATA);
    }

    function test_withdraw_isRecorded() public {
        _join(ALICE);
        bytes32 structHash = keccak256(abi.encode(keccak256("Withdraw(bytes32 study,address member)"), STUDY, ALICE));
        bytes32 head = _nextHead(_headOf(STUDY), 2, 4, structHash);
        vm.expectEmit(address(ledger));
        emit ILedgerEvents.Withdrawn(STUDY, 2, head, ALICE);
        vm.prank(ALICE);
        ledger.withdraw(STUDY);
        assert(ledger.participantOf(STUDY, ALICE).withdrawn);
        assert(ledger.participantAt(STUDY, 0) == ALICE && ledger.studyOf(STUDY).participants == 1);
    }

    function test_withdraw_isOpenToRemovedMember() public {
        _join(ALICE);
        membership.remove(ALICE);
        vm.prank(ALICE);
        ledger.withdraw(STUDY);
        assert(ledger.participantOf(STUDY, ALICE).withdrawn);
    }

    function test_withdraw_revertsIfNotParticipant() public {
        vm.prank(ALICE);
        vm.expectRevert(abi.encodeWithSelector(ILedgerErrors.NotParticipant.selector, STUDY, ALICE));
        ledger.withdraw(STUDY);
    }

    function test_withdraw_revertsIfWithdrawn() public {
        _join(ALICE);
        vm.prank(ALICE);
        ledger.withdraw(STUDY);
        vm.prank(ALICE);
        vm.expectRevert(abi.encodeWithSelector(ILedgerErrors.HasWithdrawn.selector, STUDY, ALICE));
        ledger.withdraw(STUDY);
    }

    function test_withdraw_revertsIfClosed() public {
        _join(ALICE);
        ledger.closeStudy(STUDY);
        _expectClosed();
        vm.prank(ALICE);
        ledger.withdraw(STUDY);
    }

    function test_closeStudy_isRecorded() public {
        bytes32 structHash = keccak256(abi.encode(keccak256("Close(bytes32 study)"), STUDY));
        bytes32 head = _nextHead(_headOf(STUDY), 1, 5, structHash);
        vm.expectEmit(address(ledger));
        emit ILedgerEvents.Closed(STUDY, 1, head);
        ledger.closeStudy(STUDY);
        assert(ledger.studyOf(STUDY).state == ILedgerRecords.StudyState.Closed && _headOf(STUDY) == head);
    }

    function test_closeStudy_revertsIfClosed() public {
        ledger.closeStudy(STUDY);
        _expectClosed();
        ledger.closeStudy(STUDY);
    }

    function testFuzz_closeStudy_revertsWithoutRole(address sender) public {
        vm.assume(sender != address(this));
        bytes32 role = membership.STUDY_ROLE();
        vm.prank(sender);
        vm.expectRevert(
            abi.encodeWithSelector(IAccessControl.AccessControlUnauthorizedAccount.selector, sender, role)
        );
        ledger.closeStudy(STUDY);
    }

    function test_participantAt_revertsBeyondParticipants() public {
        _join(ALICE);
        vm.expectRevert(abi.encodeWithSelector(ILedgerErrors.NoSuchPosition.selector, STUDY, uint16(1)));
        ledger.participantAt(STUDY, 1);
    }

    function testFuzz_studyOf_isAllZeroIfUnknown(bytes32 study) public view {
        vm.assume(study != STUDY);
        ILedgerRecords.StudyStatus memory none;
        assert(keccak256(abi.encode(ledger.studyOf(study))) == keccak256(abi.encode(none)));
    }

    function test_ledger_takesNoEther() public {
        vm.deal(address(this), 1 ether);
        (bool accepted, ) = address(ledger).call{value: 1}("");
        assert(!accepted);
        (accepted, ) = address(ledger).call{value: 1}(abi.encodeCall(ILedger.closeStudy, (STUDY)));
        assert(!accepted && address(ledger).balance == 0);
    }

    function testFuzz_ledger_revertsOnUnknownSelector(bytes4 selector, bytes calldata rest) public {
        vm.assume(selector != ILedger.closeStudy.selector);
        (bool accepted, bytes memory answer) = address(ledger).call(bytes.concat(selector, rest));
        assert(!accepted || answer.length != 0);
    }

    function _expectRoundsRefused(uint32 rounds) private {
        ILedgerRecords.OpenStudy memory opening = _opening(OTHER);
        opening.rounds = rounds;
        vm.expectRevert(abi.encodeWithSelector(ILedgerErrors.RoundsOutOfRange.selector, rounds));
        ledger.openStudy(opening);
    }

    function _expectMaximumMembersRefused(uint16 maximumMembers) private {
        ILedgerRecords.OpenStudy memory opening = _opening(OTHER);
        opening.maximumMembers = maximumMembers;
        vm.expectRevert(abi.encodeWithSelector(ILedgerErrors.MaximumMembersOutOfRange.selector, maximumMembers));
        ledger.openStudy(opening);
    }

    function _expectClosed() private {
        vm.expectRevert(
            abi.encodeWithSelector(ILedgerErrors.StudyNotOpen.selector, STUDY, ILedgerRecords.StudyState.Closed)
        );
    }
}
