// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ILedgerErrors} from "../ILedgerErrors.sol";
import {ILedgerEvents} from "../ILedgerEvents.sol";
import {ILedgerRecords} from "../ILedgerRecords.sol";
import {IMembership} from "../IMembership.sol";
import {LedgerFixture} from "./LedgerFixture.sol";
import {vm} from "./Vm.sol";

/// @dev Three participants, and a quorum of two thirds and a bit: all three.
contract CheckpointsTest is LedgerFixture {
    function setUp() public override {
        super.setUp();
        _join(ALICE);
        _join(BOB);
        _join(CAROL);
        _quorum(666_666);
    }

    function test_checkpoint_isRecordedWithItsSigners() public {
        ILedgerRecords.Checkpoint memory signed = _now(3);
        bytes32 structHash = keccak256(
            abi.encode(
                keccak256("Checkpointed(bytes32 study,uint32 round,bytes32 signedHead,uint64 signers)"),
                STUDY,
                uint32(3),
                signed.head,
                uint64(5)
            )
        );
        bytes32 head = _nextHead(signed.head, 8, structHash);
        (uint8[] memory positions, ILedgerRecords.Signature[] memory signatures) = _signed(signed, 0, 2);
        vm.expectEmit(address(ledger));
        emit ILedgerEvents.Checkpointed(STUDY, 4, head, 3, signed.head, 5);
        vm.prank(STRANGER);
        ledger.checkpoint(signed, positions, signatures);
        assert(_headOf(STUDY) == head);
    }

    function test_checkpoint_takesHeadsOfThePast() public {
        ILedgerRecords.Checkpoint memory signed = _now(0);
        _contribute(_contribution(ALICE, 0));
        _checkpoint(signed);
        ILedgerRecords.Checkpoint memory first = ILedgerRecords.Checkpoint(STUDY, 0, _initialHead(STUDY));
        _checkpoint(first);
    }

    function test_checkpoint_revertsIfAhead() public {
        ILedgerRecords.Checkpoint memory signed = _now(0);
        signed.head = bytes32(uint256(signed.head) + 1);
        (uint8[] memory positions, ILedgerRecords.Signature[] memory signatures) = _signed(signed, 0, 1);
        vm.expectRevert(abi.encodeWithSelector(ILedgerErrors.CheckpointAhead.selector, 5, 4));
        ledger.checkpoint(signed, positions, signatures);
    }

    function test_checkpoint_isRecordedOnce() public {
        ILedgerRecords.Checkpoint memory signed = _now(0);
        _checkpoint(signed);
        (uint8[] memory positions, ILedgerRecords.Signature[] memory signatures) = _signed(signed, 1, 2);
        vm.expectRevert(abi.encodeWithSelector(ILedgerErrors.RecordedBefore.selector, _hash(signed)));
        ledger.checkpoint(signed, positions, signatures);
    }

    function test_checkpoint_revertsWithoutQuorum() public {
        ILedgerRecords.Checkpoint memory signed = _now(0);
        (uint8[] memory positions, ILedgerRecords.Signature[] memory signatures) = _signed(signed, 0, 1);
        _quorum(666_667);
        vm.expectRevert(abi.encodeWithSelector(ILedgerErrors.QuorumMissed.selector, 2, 3));
        ledger.checkpoint(signed, positions, signatures);
        vm.prank(CAROL);
        ledger.withdraw(STUDY); // of two, two thirds are two
        ledger.checkpoint(signed, positions, signatures);
    }

    function test_checkpoint_revertsWithoutSigners() public {
        _quorum(1);
        ILedgerRecords.Checkpoint memory signed = _now(0);
        vm.expectRevert(abi.encodeWithSelector(ILedgerErrors.QuorumMissed.selector, 0, 1));
        ledger.checkpoint(signed, new uint8[](0), new ILedgerRecords.Signature[](0));
        for (uint256 i = 0; i < 3; ++i) {
            vm.prank(i == 0 ? ALICE : i == 1 ? BOB : CAROL);
            ledger.withdraw(STUDY);
        }
        vm.expectRevert(abi.encodeWithSelector(ILedgerErrors.QuorumMissed.selector, 0, 0));
        ledger.checkpoint(signed, new uint8[](0), new ILedgerRecords.Signature[](0));
    }

    function test_checkpoint_revertsIfOutOfOrderOrTwice() public {
        ILedgerRecords.Checkpoint memory signed = _now(0);
        (uint8[] memory positions, ILedgerRecords.Signature[] memory signatures) = _signed(signed, 1, 0);
        vm.expectRevert(abi.encodeWithSelector(ILedgerErrors.SignersOutOfOrder.selector, 2, 2));
        ledger.checkpoint(signed, positions, signatures);
        (positions, signatures) = _signed(signed, 1, 1);
        vm.expectRevert(abi.encodeWithSelector(ILedgerErrors.SignersOutOfOrder.selector, 2, 2));
        ledger.checkpoint(signed, positions, signatures);
        vm.expectRevert(abi.encodeWithSelector(ILedgerErrors.SignersOutOfOrder.selector, 2, 1));
        ledger.checkpoint(signed, positions, new ILedgerRecords.Signature[](1));
    }

    function test_checkpoint_revertsIfNobodyHasThePosition() public {
        ILedgerRecords.Checkpoint memory signed = _now(0);
        (uint8[] memory positions, ILedgerRecords.Signature[] memory signatures) = _signed(signed, 0, 2);
        positions[1] = 3;
        vm.expectRevert(abi.encodeWithSelector(ILedgerErrors.NoSuchPosition.selector, STUDY, 3));
        ledger.checkpoint(signed, positions, signatures);
    }

    function test_checkpoint_revertsIfSignedByAnother() public {
        ILedgerRecords.Checkpoint memory signed = _now(0);
        (uint8[] memory positions, ILedgerRecords.Signature[] memory signatures) = _signed(signed, 0, 1);
        positions[1] = 2;
        vm.expectRevert(abi.encodeWithSelector(ILedgerErrors.NotTheMember.selector, BOB, CAROL));
        ledger.checkpoint(signed, positions, signatures);
    }

    function test_checkpoint_revertsIfSignerLeft() public {
        ILedgerRecords.Checkpoint memory signed = _now(0);
        (uint8[] memory positions, ILedgerRecords.Signature[] memory signatures) = _signed(signed, 0, 2);
        vm.prank(CAROL);
        ledger.withdraw(STUDY);
        vm.expectRevert(abi.encodeWithSelector(ILedgerErrors.NotParticipant.selector, STUDY, CAROL));
        ledger.checkpoint(signed, positions, signatures);
    }

    function test_checkpoint_revertsIfClosed() public {
        ILedgerRecords.Checkpoint memory signed = _now(0);
        (uint8[] memory positions, ILedgerRecords.Signature[] memory signatures) = _signed(signed, 0, 1);
        ledger.closeStudy(STUDY);
        vm.expectRevert(
            abi.encodeWithSelector(ILedgerErrors.StudyNotOpen.selector, STUDY, ILedgerRecords.StudyState.Closed)
        );
        ledger.checkpoint(signed, positions, signatures);
    }

    function test_provesRewrite_byTwoHeadsOfOneCount() public view {
        ILedgerRecords.Checkpoint memory one = _now(0);
        ILedgerRecords.Checkpoint memory other = _now(0);
        other.head = bytes32(uint256(one.head) ^ (1 << 255));
        (bool proven, address first, address second) = _proof(one, other);
        assert(proven && first == ALICE && second == BOB);
    }

    function test_provesRewrite_notByOneHeadOrTwoCountsOrTwoStudies() public view {
        ILedgerRecords.Checkpoint memory one = _now(0);
        ILedgerRecords.Checkpoint memory other = _now(7);
        (bool proven, , ) = _proof(one, other);
        assert(!proven);
        other.head = bytes32(uint256(one.head) ^ 1);
        (proven, , ) = _proof(one, other);
        assert(!proven);
        other.head = bytes32(uint256(one.head) ^ (1 << 255));
        other.study = keccak256("another");
        (proven, , ) = _proof(one, other);
        assert(!proven);
    }

    function _proof(
        ILedgerRecords.Checkpoint memory one,
        ILedgerRecords.Checkpoint memory other
    ) private view returns (bool, address, address) {
        return ledger.provesRewrite(one, _signOne(ALICE_KEY, one), other, _signOne(BOB_KEY, other));
    }

    function _now(uint32 round) private view returns (ILedgerRecords.Checkpoint memory) {
        return ILedgerRecords.Checkpoint({study: STUDY, round: round, head: _headOf(STUDY)});
    }

    function _checkpoint(ILedgerRecords.Checkpoint memory signed) private {
        (uint8[] memory positions, ILedgerRecords.Signature[] memory signatures) = _signed(signed, 0, 1);
        ledger.checkpoint(signed, positions, signatures);
    }

    function _signed(
        ILedgerRecords.Checkpoint memory signed,
        uint8 first,
        uint8 second
    ) private view returns (uint8[] memory positions, ILedgerRecords.Signature[] memory signatures) {
        uint256[3] memory keys = [ALICE_KEY, BOB_KEY, CAROL_KEY];
        positions = new uint8[](2);
        signatures = new ILedgerRecords.Signature[](2);
        (positions[0], positions[1]) = (first, second);
        (signatures[0], signatures[1]) = (_signOne(keys[first], signed), _signOne(keys[second], signed));
    }

    function _signOne(
        uint256 key,
        ILedgerRecords.Checkpoint memory signed
    ) private view returns (ILedgerRecords.Signature memory) {
        return _signHash(ledger.domainSeparator(), key, _hash(signed));
    }

    function _quorum(uint32 quorumMicros) private {
        membership.setGovernance(IMembership.Governance({weightShareCapMicros: 500_000, quorumMicros: quorumMicros}));
    }
}
