// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ILedgerErrors} from "../ILedgerErrors.sol";
import {ILedgerEvents} from "../ILedgerEvents.sol";
import {newLedger} from "./Deployed.sol";
import {LedgerFixture} from "./LedgerFixture.sol";
import {Ledger} from "../Ledger.sol";
import {vm} from "./Vm.sol";

contract SuccessionTest is LedgerFixture {
    uint64 private constant BEGIN = 1_000_000;
    uint64 private constant EFFECT = BEGIN + 2 days;

    Ledger private next;

    function setUp() public override {
        super.setUp();
        next = newLedger(membership, WINDOW);
    }

    function test_nameSuccessor_takesEffectAfterTheDelay() public {
        vm.expectEmit(address(ledger));
        emit ILedgerEvents.SuccessorNamed(address(next), EFFECT);
        ledger.nameSuccessor(address(next));
        (address named, uint64 effective) = ledger.namedSuccessor();
        assert(named == address(next) && effective == EFFECT && ledger.successor() == address(0));
        vm.warp(EFFECT - 1);
        assert(ledger.successor() == address(0));
        ledger.openStudy(_opening(keccak256("last")));
        vm.warp(EFFECT);
        assert(ledger.successor() == address(next));
    }

    /// @dev I21: reads, and the studies that are open, go on; new ones are opened on the successor.
    function test_successor_stopsNewStudiesOnly() public {
        _join(ALICE);
        ledger.nameSuccessor(address(next));
        vm.warp(EFFECT);
        vm.expectRevert(abi.encodeWithSelector(ILedgerErrors.Succeeded.selector, address(next)));
        ledger.openStudy(_opening(keccak256("too late")));
        _contribute(_contribution(ALICE, 0));
        assert(ledger.studyOf(STUDY).entryCount == 3);
        next.openStudy(_opening(keccak256("too late")));
    }

    function test_nameSuccessor_isOneShot() public {
        ledger.nameSuccessor(address(next));
        bytes memory refusal = abi.encodeWithSelector(ILedgerErrors.BadSuccessor.selector, address(membership));
        vm.expectRevert(refusal);
        ledger.nameSuccessor(address(membership));
        vm.warp(EFFECT);
        vm.expectRevert(refusal);
        ledger.nameSuccessor(address(membership));
        vm.expectRevert(ILedgerErrors.NothingToCancel.selector);
        ledger.cancelSuccessor();
    }

    function test_cancelSuccessor_takesItBackInTime() public {
        vm.expectRevert(ILedgerErrors.NothingToCancel.selector);
        ledger.cancelSuccessor();
        ledger.nameSuccessor(address(next));
        vm.warp(EFFECT - 1);
        vm.expectEmit(address(ledger));
        emit ILedgerEvents.SuccessorCancelled(address(next));
        ledger.cancelSuccessor();
        (address named, uint64 effective) = ledger.namedSuccessor();
        assert(named == address(0) && effective == 0);
        vm.warp(EFFECT);
        assert(ledger.successor() == address(0));
        ledger.nameSuccessor(address(next));
    }

    function test_nameSuccessor_revertsIfItCannotBeOne() public {
        vm.expectRevert(abi.encodeWithSelector(ILedgerErrors.BadSuccessor.selector, STRANGER));
        ledger.nameSuccessor(STRANGER);
        vm.expectRevert(abi.encodeWithSelector(ILedgerErrors.BadSuccessor.selector, address(ledger)));
        ledger.nameSuccessor(address(ledger));
    }

    function testFuzz_nameSuccessor_revertsForOthers(address sender) public {
        vm.assume(sender != address(this));
        bytes memory refusal = abi.encodeWithSelector(ILedgerErrors.NotTheAdministrator.selector, sender);
        vm.prank(sender);
        vm.expectRevert(refusal);
        ledger.nameSuccessor(address(next));
        ledger.nameSuccessor(address(next));
        vm.prank(sender);
        vm.expectRevert(refusal);
        ledger.cancelSuccessor();
    }
}
