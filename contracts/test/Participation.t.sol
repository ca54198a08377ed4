// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ILedgerErrors} from "../ILedgerErrors.sol";
import {ILedgerEvents} from "../ILedgerEvents.sol";
import {ILedgerRecords} from "../ILedgerRecords.sol";
import {LedgerFixture} from "./LedgerFixture.sol";
import {vm} from "./Vm.sol";

/// @dev Who takes part in a study, and from which round to which.
contract ParticipationTest is LedgerFixture {
    bytes32 private constant OTHER = keccak256("another manifest");
    address private constant NEWKEY = address(0x1E77);

    function test_join_givesPositionsInOrder() public {
        ILedgerRecords.Join memory consent = _consent(STUDY, BOB);
        bytes32 head = _nextHead(_headOf(STUDY), 1, _joined(consent, 0, 0));
        ILedgerRecords.Signature memory signature = _signJoin(BOB_KEY, consent);
        vm.expectEmit(address(ledger));
        emit ILedgerEvents.Joined(STUDY, 1, head, BOB, 0, 0, consent.dataCommitment);
        vm.prank(STRANGER); // whoever brings it
        ledger.join(consent, signature);
        assert(_headOf(STUDY) == head);
        _join(ALICE);

        assert(ledger.participantAt(STUDY, 0) == BOB && ledger.participantAt(STUDY, 1) == ALICE);
        ILedgerRecords.ParticipantStatus memory alice = ledger.participantOf(STUDY, ALICE);
        assert(alice.joined && !alice.withdrawn && !alice.excluded && alice.position == 1);
        assert(alice.nextRound == 0 && alice.endRound == ROUNDS + 1 && alice.epsilonMicros == 0);
        assert(alice.lastBlock == block.number);
        assert(ledger.studyOf(STUDY).participants == 2 && ledger.studyOf(STUDY).entryCount == 3);
    }

    function test_join_beginsWithTheRoundAfterTheLast() public {
        _join(ALICE);
        _contribute(_contribution(ALICE, 0));
        _contribute(_contribution(ALICE, 1));
        ILedgerRecords.Join memory consent = _consent(STUDY, BOB);
        bytes32 head = _nextHead(_headOf(STUDY), 1, _joined(consent, 1, 2));
        vm.expectEmit(address(ledger));
        emit ILedgerEvents.Joined(STUDY, 4, head, BOB, 1, 2, consent.dataCommitment);
        _join(BOB);
        _expectRefused(_contribution(BOB, 1), abi.encodeWithSelector(ILedgerErrors.RoundAlreadyPassed.selector, STUDY, BOB, 1, 2));
        _contribute(_contribution(BOB, 2));
    }

    function test_join_takesConsentUntilDeadline() public {
        ILedgerRecords.Join memory consent = _consent(STUDY, ALICE);
        ILedgerRecords.Signature memory signature = _signJoin(ALICE_KEY, consent);
        vm.warp(consent.deadline + 1);
        vm.expectRevert(abi.encodeWithSelector(ILedgerErrors.DeadlinePassed.selector, consent.deadline));
        ledger.join(consent, signature);
        vm.warp(consent.deadline);
        ledger.join(consent, signature);
    }

    function test_join_takesFarthestDeadline() public {
        ILedgerRecords.Join memory consent = _consent(STUDY, ALICE);
        consent.deadline = type(uint64).max;
        _joinWith(ALICE_KEY, consent);
    }

    function test_join_revertsIfSignedByAnother() public {
        vm.expectRevert(abi.encodeWithSelector(ILedgerErrors.NotTheMember.selector, BOB, ALICE));
        this.joinWith(BOB_KEY, _consent(STUDY, ALICE));
    }

    function test_join_revertsIfNotMember() public {
        vm.expectRevert(abi.encodeWithSelector(ILedgerErrors.NotMember.selector, vm.addr(7)));
        this.joinWith(7, _consent(STUDY, vm.addr(7)));
    }

    function test_join_revertsIfRemovedFromConsortium() public {
        membership.remove(ALICE);
        vm.expectRevert(abi.encodeWithSelector(ILedgerErrors.NotMember.selector, ALICE));
        this.joinWith(ALICE_KEY, _consent(STUDY, ALICE));
    }

    function test_join_revertsIfJoined() public {
        _join(ALICE);
        ILedgerRecords.Join memory again = _consent(STUDY, ALICE);
        again.deadline += 1;
        vm.expectRevert(abi.encodeWithSelector(ILedgerErrors.AlreadyJoined.selector, STUDY, ALICE));
        this.joinWith(ALICE_KEY, again);
    }

    /// @dev Otherwise anybody could bring a member back that was suspended and does not want to go on.
    function test_join_takesAConsentOnce() public {
        ILedgerRecords.Join memory consent = _consent(STUDY, ALICE);
        _joinWith(ALICE_KEY, consent);
        _suspendAndReinstate(ALICE);
        vm.expectRevert(abi.encodeWithSelector(ILedgerErrors.RecordedBefore.selector, _hash(consent)));
        this.joinWith(ALICE_KEY, consent);
        consent.deadline += 1;
        _joinWith(ALICE_KEY, consent);
    }

    function test_join_revertsIfWithdrawn() public {
        _join(ALICE);
        _withdraw(ALICE);
        _suspendAndReinstate(ALICE);
        ILedgerRecords.Join memory again = _consent(STUDY, ALICE);
        again.deadline += 1;
        vm.expectRevert(abi.encodeWithSelector(ILedgerErrors.AlreadyJoined.selector, STUDY, ALICE));
        this.joinWith(ALICE_KEY, again);
    }

    function test_join_revertsIfFull() public {
        ILedgerRecords.OpenStudy memory opening = _opening(OTHER);
        opening.maximumMembers = 1;
        ledger.openStudy(opening);
        _joinWith(ALICE_KEY, _consent(OTHER, ALICE));
        vm.prank(ALICE);
        ledger.withdraw(OTHER);
        vm.expectRevert(abi.encodeWithSelector(ILedgerErrors.StudyFull.selector, OTHER));
        this.joinWith(BOB_KEY, _consent(OTHER, BOB));
    }

    function test_join_revertsIfNoDataCommitment() public {
        ILedgerRecords.Join memory consent = _consent(STUDY, ALICE);
        consent.dataCommitment = 0;
        vm.expectRevert(ILedgerErrors.ZeroDataCommitment.selector);
        this.joinWith(ALICE_KEY, consent);
    }

    function test_join_revertsIfUnknownOrClosed() public {
        vm.expectRevert(abi.encodeWithSelector(ILedgerErrors.StudyNotOpen.selector, OTHER, ILedgerRecords.StudyState.None));
        this.joinWith(ALICE_KEY, _consent(OTHER, ALICE));
        ledger.closeStudy(STUDY);
        vm.expectRevert(abi.encodeWithSelector(ILedgerErrors.StudyNotOpen.selector, STUDY, ILedgerRecords.StudyState.Closed));
        this.joinWith(ALICE_KEY, _consent(STUDY, ALICE));
    }

    function test_withdraw_takesEffectAtTheNextRound() public {
        _join(ALICE);
        _join(BOB);
        _contribute(_contribution(BOB, 0));
        _contribute(_contribution(BOB, 1));
        bytes32 structHash = keccak256(
            abi.encode(keccak256("Withdrawn(bytes32 study,address member,uint32 endRound)"), STUDY, ALICE, uint32(2))
        );
        bytes32 head = _nextHead(_headOf(STUDY), 4, structHash);
        vm.expectEmit(address(ledger));
        emit ILedgerEvents.Withdrawn(STUDY, 5, head, ALICE, 2);
        _withdraw(ALICE);
        ILedgerRecords.ParticipantStatus memory alice = ledger.participantOf(STUDY, ALICE);
        assert(alice.joined && alice.withdrawn && !alice.excluded && alice.endRound == 2);
        assert(ledger.participantAt(STUDY, 0) == ALICE && ledger.studyOf(STUDY).participants == 2);
        _contribute(_contribution(ALICE, 1));
        _expectRefused(_contribution(ALICE, 2), abi.encodeWithSelector(ILedgerErrors.RoundAfterEnd.selector, 2, 2));
    }

    function test_withdraw_isOpenToRemovedMember() public {
        _join(ALICE);
        membership.remove(ALICE);
        _withdraw(ALICE);
        assert(ledger.participantOf(STUDY, ALICE).withdrawn);
    }

    function test_withdraw_revertsForOldKey() public {
        _join(ALICE);
        membership.rotate(ALICE, NEWKEY);
        vm.prank(ALICE);
        vm.expectRevert(abi.encodeWithSelector(ILedgerErrors.NotMember.selector, ALICE));
        ledger.withdraw(STUDY);
    }

    function test_withdraw_revertsIfNotParticipant() public {
        _expectWithdrawRefused(ALICE, abi.encodeWithSelector(ILedgerErrors.NotParticipant.selector, STUDY, ALICE));
        _join(ALICE); // member 0: a stranger's number is 0, too
        _expectWithdrawRefused(STRANGER, abi.encodeWithSelector(ILedgerErrors.NotParticipant.selector, STUDY, STRANGER));
    }

    function test_withdraw_revertsIfWithdrawnOrClosed() public {
        _join(ALICE);
        _join(BOB);
        _withdraw(ALICE);
        _expectWithdrawRefused(ALICE, abi.encodeWithSelector(ILedgerErrors.HasWithdrawn.selector, STUDY, ALICE));
        ledger.closeStudy(STUDY);
        bytes memory closed = abi.encodeWithSelector(ILedgerErrors.StudyNotOpen.selector, STUDY, ILedgerRecords.StudyState.Closed);
        _expectWithdrawRefused(BOB, closed);
    }

    function test_exclude_letsTheRoundInProgressBeRecorded() public {
        _join(ALICE);
        _join(BOB);
        _contribute(_contribution(BOB, 0));
        membership.suspend(ALICE);
        _expectRefused(_contribution(ALICE, 0), abi.encodeWithSelector(ILedgerErrors.NotMember.selector, ALICE));
        bytes32 structHash = keccak256(
            abi.encode(keccak256("Excluded(bytes32 study,address member,uint32 endRound)"), STUDY, ALICE, uint32(1))
        );
        bytes32 head = _nextHead(_headOf(STUDY), 6, structHash);
        vm.expectEmit(address(ledger));
        emit ILedgerEvents.Excluded(STUDY, 4, head, ALICE, 1);
        vm.prank(STRANGER);
        ledger.exclude(STUDY, ALICE);
        assert(ledger.participantOf(STUDY, ALICE).excluded && ledger.participantOf(STUDY, ALICE).endRound == 1);
        _contribute(_contribution(ALICE, 0));
        _expectRefused(_contribution(ALICE, 1), abi.encodeWithSelector(ILedgerErrors.RoundAfterEnd.selector, 1, 1));
    }

    /// @dev I6, I9: however late somebody calls, the rounds that began after the removal are not the member's.
    function test_exclude_countsRoundsUpToTheRemovalOnly() public {
        _join(ALICE);
        _join(BOB);
        _join(CAROL);
        _contribute(_contribution(CAROL, 0));
        vm.roll(BLOCK + 1);
        membership.remove(ALICE);
        vm.roll(BLOCK + 2);
        _contribute(_contribution(BOB, 0));
        _contribute(_contribution(BOB, 1));
        _contribute(_contribution(BOB, 2));
        ledger.exclude(STUDY, ALICE);
        assert(ledger.participantOf(STUDY, ALICE).endRound == 1);
    }

    function test_exclude_revertsIfMemberOrTwice() public {
        _join(ALICE);
        bytes memory refusal = abi.encodeWithSelector(ILedgerErrors.NothingToExclude.selector, STUDY, ALICE);
        _expectExcludeRefused(ALICE, refusal);
        membership.remove(ALICE);
        ledger.exclude(STUDY, ALICE);
        _expectExcludeRefused(ALICE, refusal);
        _expectExcludeRefused(BOB, abi.encodeWithSelector(ILedgerErrors.NotParticipant.selector, STUDY, BOB));
    }

    function test_exclude_revertsIfWithdrawnRotatedOrClosed() public {
        _join(ALICE);
        _join(BOB);
        _withdraw(ALICE);
        membership.suspend(ALICE);
        _expectExcludeRefused(ALICE, abi.encodeWithSelector(ILedgerErrors.NothingToExclude.selector, STUDY, ALICE));
        membership.rotate(BOB, NEWKEY);
        _expectExcludeRefused(BOB, abi.encodeWithSelector(ILedgerErrors.NothingToExclude.selector, STUDY, BOB));
        ledger.closeStudy(STUDY);
        bytes memory closed = abi.encodeWithSelector(ILedgerErrors.StudyNotOpen.selector, STUDY, ILedgerRecords.StudyState.Closed);
        _expectExcludeRefused(ALICE, closed);
    }

    function test_contribute_revertsIfMembershipWasInterrupted() public {
        _join(ALICE);
        vm.roll(BLOCK + 1);
        membership.suspend(ALICE);
        membership.reinstate(ALICE);
        _expectRefused(
            _contribution(ALICE, 0),
            abi.encodeWithSelector(ILedgerErrors.MembershipInterrupted.selector, STUDY, ALICE)
        );
        ILedgerRecords.Join memory again = _consent(STUDY, ALICE);
        again.deadline += 1;
        _joinWith(ALICE_KEY, again);
        assert(ledger.participantOf(STUDY, ALICE).position == 0 && ledger.studyOf(STUDY).participants == 1);
        _contribute(_contribution(ALICE, 0));
    }

    function test_join_afterExclusionKeepsPositionAndEpsilon() public {
        _join(BOB);
        _join(ALICE);
        _contribute(_contribution(ALICE, 0));
        _suspendAndReinstate(ALICE);
        ILedgerRecords.Join memory again = _consent(STUDY, ALICE);
        again.deadline += 1;
        _joinWith(ALICE_KEY, again);
        ILedgerRecords.ParticipantStatus memory alice = ledger.participantOf(STUDY, ALICE);
        assert(alice.position == 1 && !alice.excluded && alice.epsilonMicros == 1_000_000);
        assert(alice.nextRound == 1 && alice.endRound == ROUNDS + 1);
    }

    function test_rotate_handsThePartToTheNewKey() public {
        _join(ALICE);
        _contribute(_contribution(ALICE, 0));
        uint256 key = 0x1E77;
        address account = vm.addr(key);
        vm.roll(BLOCK + 1);
        membership.rotate(ALICE, account);
        _expectRefused(_contribution(ALICE, 1), abi.encodeWithSelector(ILedgerErrors.NotMember.selector, ALICE));
        bytes memory interrupted = abi.encodeWithSelector(ILedgerErrors.MembershipInterrupted.selector, STUDY, account);
        _expectRefused(_contribution(account, 1), interrupted);
        _joinWith(key, _consent(STUDY, account));
        assert(ledger.participantAt(STUDY, 0) == account && ledger.studyOf(STUDY).participants == 1);
        ILedgerRecords.Contribution memory fallen = _contribution(account, 1);
        fallen.epsilonMicros = 999_999;
        _expectRefused(fallen, abi.encodeWithSelector(ILedgerErrors.EpsilonFell.selector, 999_999, 1_000_000));
        _contribute(_contribution(account, 1));
        assert(ledger.participantOf(STUDY, ALICE).nextRound == 2); // whichever account is asked for
    }

    /// @dev In the same block as the last record, too, a new key has to join before it records.
    function test_rotate_inTheSameBlockNeedsJoiningToo() public {
        _join(ALICE);
        uint256 key = 0x1E77;
        membership.rotate(ALICE, vm.addr(key));
        _expectRefused(
            _contribution(vm.addr(key), 0),
            abi.encodeWithSelector(ILedgerErrors.MembershipInterrupted.selector, STUDY, vm.addr(key))
        );
    }

    function test_join_withNewKeyInTheSameBlock() public {
        _join(ALICE);
        uint256 key = 0x1E77;
        membership.rotate(ALICE, vm.addr(key));
        _joinWith(key, _consent(STUDY, vm.addr(key)));
        _contribute(_contribution(vm.addr(key), 0));
        assert(ledger.participantAt(STUDY, 0) == vm.addr(key));
    }

    /// @dev A key that never joined records nothing, not even the rounds that its member still may.
    function test_contribute_revertsForKeyThatNeverJoined() public {
        _join(ALICE);
        _join(BOB);
        _contribute(_contribution(BOB, 0));
        uint256 key = 0x1E77;
        vm.roll(BLOCK + 1);
        membership.rotate(ALICE, vm.addr(key));
        membership.suspend(vm.addr(key));
        ledger.exclude(STUDY, vm.addr(key));
        _expectRefused(
            _contribution(vm.addr(key), 0),
            abi.encodeWithSelector(ILedgerErrors.NotMember.selector, vm.addr(key))
        );
    }

    function test_withdraw_doesNotMoveAnEarlierEnd() public {
        _join(ALICE);
        _join(BOB);
        _contribute(_contribution(BOB, 0));
        membership.suspend(ALICE);
        ledger.exclude(STUDY, ALICE);
        _contribute(_contribution(BOB, 1));
        _contribute(_contribution(BOB, 2));
        _withdraw(ALICE);
        assert(ledger.participantOf(STUDY, ALICE).endRound == 1 && ledger.participantOf(STUDY, ALICE).withdrawn);
    }

    /// @dev Whoever is excluded may record the rounds that had begun; but not with a key that is not its own any more.
    function test_contribute_revertsForOldKeyThatWasExcluded() public {
        _join(ALICE);
        _join(BOB);
        _contribute(_contribution(BOB, 0));
        vm.roll(BLOCK + 1);
        _suspendAndReinstate(ALICE);
        membership.rotate(ALICE, NEWKEY);
        _expectRefused(_contribution(ALICE, 0), abi.encodeWithSelector(ILedgerErrors.NotMember.selector, ALICE));
        assert(ledger.participantOf(STUDY, ALICE).excluded && ledger.participantOf(STUDY, ALICE).endRound == 1);
    }

    function testFuzz_participantOf_isAllZeroForStrangers(address account) public {
        vm.assume(account != ALICE);
        _join(ALICE);
        ILedgerRecords.ParticipantStatus memory none;
        assert(keccak256(abi.encode(ledger.participantOf(STUDY, account))) == keccak256(abi.encode(none)));
    }

    /// @dev For `expectRevert`, which looks at the next call.
    function joinWith(uint256 key, ILedgerRecords.Join memory consent) external {
        ILedgerRecords.Signature memory signature = _signJoin(key, consent);
        ledger.join(consent, signature);
    }

    function _joined(ILedgerRecords.Join memory j, uint8 position, uint32 firstRound) private pure returns (bytes32) {
        bytes32 typeHash = keccak256(
            "Joined(bytes32 study,address member,uint8 position,uint32 firstRound,bytes32 dataCommitment)"
        );
        return keccak256(abi.encode(typeHash, j.study, j.member, position, firstRound, j.dataCommitment));
    }

    function _suspendAndReinstate(address member) private {
        membership.suspend(member);
        if (!ledger.participantOf(STUDY, member).withdrawn) ledger.exclude(STUDY, member);
        membership.reinstate(member);
    }

    function _withdraw(address member) private {
        vm.prank(member);
        ledger.withdraw(STUDY);
    }

    function _expectWithdrawRefused(address member, bytes memory refusal) private {
        vm.prank(member);
        vm.expectRevert(refusal);
        ledger.withdraw(STUDY);
    }

    function _expectExcludeRefused(address member, bytes memory refusal) private {
        vm.expectRevert(refusal);
        ledger.exclude(STUDY, member);
    }

    function _expectRefused(ILedgerRecords.Contribution memory contribution, bytes memory refusal) private {
        vm.prank(contribution.member);
        vm.expectRevert(refusal);
        ledger.contribute(contribution);
    }
}
