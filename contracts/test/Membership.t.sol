// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAccessControl} from "@openzeppelin/contracts/access/IAccessControl.sol";
import {
    IAccessControlDefaultAdminRules
} from "@openzeppelin/contracts/access/extensions/IAccessControlDefaultAdminRules.sol";
import {IMembership} from "../IMembership.sol";
import {Membership} from "../Membership.sol";
import {newMembership} from "./Deployed.sol";
import {vm} from "./Vm.sol";

contract MembershipTest {
    address private constant OFFICE = address(0x0FF1CE);
    address private constant FIRST = address(0x101);
    address private constant SECOND = address(0x102);

    Membership private membership;

    function setUp() public {
        membership = newMembership(2 days, address(this), _governance(500_000, 666_667));
        membership.grantRole(membership.ADMISSION_ROLE(), OFFICE);
    }

    function test_admit_numbersMembersInOrder() public {
        assert(_admit(FIRST) == 0);
        assert(_admit(SECOND) == 1);
        assert(membership.memberCount() == 2);
        assert(membership.isMember(FIRST) && membership.isMember(SECOND));
        assert(membership.indexOf(SECOND) == 1);
        assert(membership.memberAt(0) == FIRST && membership.memberAt(1) == SECOND);
    }

    function test_admit_emits() public {
        vm.expectEmit(address(membership));
        emit IMembership.MemberAdmitted(FIRST, 0);
        _admit(FIRST);
    }

    function test_admit_revertsIfZero() public {
        vm.prank(OFFICE);
        vm.expectRevert(IMembership.ZeroMember.selector);
        membership.admit(address(0));
    }

    function test_admit_revertsIfMember() public {
        _admit(FIRST);
        vm.prank(OFFICE);
        vm.expectRevert(_wrong(FIRST, IMembership.Standing.Active));
        membership.admit(FIRST);
    }

    function testFuzz_admit_revertsWithoutRole(address sender) public {
        vm.assume(sender != OFFICE);
        bytes32 role = membership.ADMISSION_ROLE();
        vm.prank(sender);
        vm.expectRevert(
            abi.encodeWithSelector(IAccessControl.AccessControlUnauthorizedAccount.selector, sender, role)
        );
        membership.admit(FIRST);
    }

    function test_admit_givesReturningMemberItsOldNumber() public {
        _admit(FIRST);
        _admit(SECOND);
        _remove(FIRST);
        assert(_admit(FIRST) == 0);
        assert(membership.memberCount() == 2);
        assert(membership.isMember(FIRST));
    }

    function test_remove_keepsNumber() public {
        _admit(FIRST);
        vm.expectEmit(address(membership));
        emit IMembership.MemberRemoved(FIRST, 0);
        _remove(FIRST);
        assert(!membership.isMember(FIRST));
        assert(membership.memberAt(0) == FIRST && membership.indexOf(FIRST) == 0);
        assert(_admit(SECOND) == 1);
    }

    function test_remove_revertsIfNotMember() public {
        _admit(FIRST);
        _remove(FIRST);
        vm.prank(OFFICE);
        vm.expectRevert(_wrong(FIRST, IMembership.Standing.Removed));
        membership.remove(FIRST);
    }

    function testFuzz_remove_revertsWithoutRole(address sender) public {
        vm.assume(sender != OFFICE);
        _admit(FIRST);
        bytes32 role = membership.ADMISSION_ROLE();
        vm.prank(sender);
        vm.expectRevert(
            abi.encodeWithSelector(IAccessControl.AccessControlUnauthorizedAccount.selector, sender, role)
        );
        membership.remove(FIRST);
    }

    function testFuzz_indexOf_revertsIfNeverAdmitted(address account) public {
        vm.assume(account != FIRST);
        _admit(FIRST);
        vm.expectRevert(abi.encodeWithSelector(IMembership.NeverAdmitted.selector, account));
        membership.indexOf(account);
    }

    function testFuzz_memberAt_revertsBeyondCount(uint32 index) public {
        vm.assume(index != 0);
        _admit(FIRST);
        vm.expectRevert(abi.encodeWithSelector(IMembership.NoSuchIndex.selector, index));
        membership.memberAt(index);
    }

    function test_administrator_isHandedOverInTwoStepsWithDelay() public {
        membership.beginDefaultAdminTransfer(SECOND);
        assert(membership.defaultAdmin() == address(this));
        uint256 acceptableAfter = block.timestamp + 2 days;

        vm.warp(acceptableAfter);
        vm.prank(SECOND);
        vm.expectRevert(
            abi.encodeWithSelector(
                IAccessControlDefaultAdminRules.AccessControlEnforcedDefaultAdminDelay.selector,
                acceptableAfter
            )
        );
        membership.acceptDefaultAdminTransfer();

        vm.warp(acceptableAfter + 1);
        vm.prank(SECOND);
        membership.acceptDefaultAdminTransfer();
        assert(membership.defaultAdmin() == SECOND);
    }

    function test_administrator_cannotBeGrantedOrZero() public {
        bytes32 role = membership.DEFAULT_ADMIN_ROLE();
        vm.expectRevert(IAccessControlDefaultAdminRules.AccessControlEnforcedDefaultAdminRules.selector);
        membership.grantRole(role, SECOND);
        vm.expectRevert(
            abi.encodeWithSelector(
                IAccessControlDefaultAdminRules.AccessControlInvalidDefaultAdmin.selector,
                address(0)
            )
        );
        newMembership(2 days, address(0), _governance(1, 1));
    }

    function test_administrator_hasNoRoleOfItsOwn() public {
        vm.expectPartialRevert(IAccessControl.AccessControlUnauthorizedAccount.selector);
        membership.admit(FIRST);
    }

    function test_events_nameTheMembersNumber() public {
        _admit(FIRST);
        vm.expectEmit(address(membership));
        emit IMembership.MemberAdmitted(SECOND, 1);
        _admit(SECOND);
        vm.expectEmit(address(membership));
        emit IMembership.MemberRemoved(SECOND, 1);
        _remove(SECOND);
        vm.expectEmit(address(membership));
        emit IMembership.MemberAdmitted(SECOND, 1);
        assert(_admit(SECOND) == 1);
        vm.startPrank(OFFICE);
        vm.expectEmit(address(membership));
        emit IMembership.MemberSuspended(SECOND, 1);
        membership.suspend(SECOND);
        vm.expectEmit(address(membership));
        emit IMembership.MemberReinstated(SECOND, 1);
        membership.reinstate(SECOND);
        vm.expectEmit(address(membership));
        emit IMembership.KeyRotated(SECOND, OFFICE, 1);
        membership.rotate(SECOND, OFFICE);
        vm.stopPrank();
    }

    function test_suspend_andReinstate() public {
        _admit(FIRST);
        vm.roll(200);
        vm.expectEmit(address(membership));
        emit IMembership.MemberSuspended(FIRST, 0);
        vm.prank(OFFICE);
        membership.suspend(FIRST);
        assert(!membership.isMember(FIRST));
        _expectStanding(FIRST, 0, IMembership.Standing.Suspended, 200);
        vm.roll(201);
        vm.expectEmit(address(membership));
        emit IMembership.MemberReinstated(FIRST, 0);
        vm.prank(OFFICE);
        membership.reinstate(FIRST);
        assert(membership.isMember(FIRST));
        _expectStanding(FIRST, 0, IMembership.Standing.Active, 201);
    }

    /// @dev It lost its standing when it was suspended: the rounds after that were never its own.
    function test_remove_ofSuspendedMemberKeepsTheBlockOfTheSuspension() public {
        _admit(SECOND);
        _admit(FIRST);
        vm.roll(200);
        vm.prank(OFFICE);
        membership.suspend(FIRST);
        vm.roll(201);
        _remove(FIRST);
        _expectStanding(FIRST, 1, IMembership.Standing.Removed, 200);
        _remove(SECOND);
        _expectStanding(SECOND, 0, IMembership.Standing.Removed, 201);
        vm.roll(202);
        _admit(FIRST);
        _expectStanding(FIRST, 1, IMembership.Standing.Active, 202);
    }

    function test_rotate_keepsTheNumber() public {
        _admit(FIRST);
        vm.roll(200);
        vm.expectEmit(address(membership));
        emit IMembership.KeyRotated(FIRST, SECOND, 0);
        _rotate(FIRST, SECOND);
        assert(!membership.isMember(FIRST) && membership.isMember(SECOND));
        assert(membership.indexOf(FIRST) == 0 && membership.indexOf(SECOND) == 0);
        assert(membership.memberAt(0) == SECOND && membership.memberCount() == 1);
        _expectStanding(FIRST, 0, IMembership.Standing.Rotated, 200);
        _expectStanding(SECOND, 0, IMembership.Standing.Active, 200);
        assert(_admit(OFFICE) == 1);
    }

    function test_rotate_revertsForWrongAccounts() public {
        _admit(FIRST);
        vm.prank(OFFICE);
        vm.expectRevert(IMembership.ZeroMember.selector);
        membership.rotate(FIRST, address(0));
        vm.prank(OFFICE);
        vm.expectRevert(_wrong(FIRST, IMembership.Standing.Active));
        membership.rotate(FIRST, FIRST);
        vm.prank(OFFICE);
        vm.expectRevert(_wrong(SECOND, IMembership.Standing.None));
        membership.rotate(SECOND, OFFICE);
        _rotate(FIRST, SECOND);
        vm.prank(OFFICE);
        vm.expectRevert(_wrong(FIRST, IMembership.Standing.Rotated));
        membership.rotate(FIRST, OFFICE);
        vm.prank(OFFICE);
        vm.expectRevert(_wrong(FIRST, IMembership.Standing.Rotated));
        membership.rotate(SECOND, FIRST); // no way back to an old key
    }

    /// @dev Every change from every standing: the ones listed are allowed, all others refused with the standing.
    function test_standings_changeOnlyAsTheyMay() public {
        for (uint256 from = 0; from < 5; ++from) {
            for (uint256 change = 0; change < 4; ++change) {
                setUp();
                _bring(FIRST, IMembership.Standing(from));
                bytes memory call = change == 0
                    ? abi.encodeCall(IMembership.admit, (FIRST))
                    : change == 1
                        ? abi.encodeCall(IMembership.suspend, (FIRST))
                        : change == 2
                            ? abi.encodeCall(IMembership.reinstate, (FIRST))
                            : abi.encodeCall(IMembership.remove, (FIRST));
                vm.prank(OFFICE);
                (bool done, bytes memory answer) = address(membership).call(call);
                bool allowed = change == 0
                    ? (from == 0 || from == 3)
                    : change == 1 ? from == 1 : change == 2 ? from == 2 : (from == 1 || from == 2);
                assert(done == allowed);
                if (!done) assert(keccak256(answer) == keccak256(_wrong(FIRST, IMembership.Standing(from))));
            }
        }
    }

    function test_governance_isSetByTheAdministrator() public {
        IMembership.Governance memory set = membership.governance();
        assert(set.weightShareCapMicros == 500_000 && set.quorumMicros == 666_667);
        vm.expectEmit(address(membership));
        emit IMembership.GovernanceSet(1_000_000, 1);
        membership.setGovernance(_governance(1_000_000, 1));
        set = membership.governance();
        assert(set.weightShareCapMicros == 1_000_000 && set.quorumMicros == 1);
    }

    function test_governance_revertsIfOutOfRange() public {
        uint32[2] memory bad = [uint32(0), 1_000_001];
        for (uint256 i = 0; i < 2; ++i) {
            bytes memory refusal = abi.encodeWithSelector(IMembership.ShareOutOfRange.selector, bad[i]);
            vm.expectRevert(refusal);
            membership.setGovernance(_governance(bad[i], 1));
            vm.expectRevert(refusal);
            membership.setGovernance(_governance(1, bad[i]));
            vm.expectRevert(refusal);
            newMembership(2 days, address(this), _governance(bad[i], 1));
        }
    }

    function _governance(uint32 cap, uint32 quorum) private pure returns (IMembership.Governance memory) {
        return IMembership.Governance({weightShareCapMicros: cap, quorumMicros: quorum});
    }

    function _wrong(address account, IMembership.Standing standing) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IMembership.WrongStanding.selector, account, standing);
    }

    /// @dev From nothing to a standing.
    function _bring(address account, IMembership.Standing standing) private {
        if (standing == IMembership.Standing.None) return;
        _admit(account);
        vm.startPrank(OFFICE);
        if (standing == IMembership.Standing.Suspended) membership.suspend(account);
        if (standing == IMembership.Standing.Removed) membership.remove(account);
        if (standing == IMembership.Standing.Rotated) membership.rotate(account, SECOND);
        vm.stopPrank();
    }

    function _expectStanding(
        address account,
        uint32 index,
        IMembership.Standing standing,
        uint40 since
    ) private view {
        IMembership.AccountStanding memory found = membership.standingOf(account);
        assert(found.index == index && found.standing == standing && found.since == since);
    }

    function _rotate(address account, address successor) private {
        vm.prank(OFFICE);
        membership.rotate(account, successor);
    }

    function _admit(address member) private returns (uint32) {
        vm.prank(OFFICE);
        return membership.admit(member);
    }

    function _remove(address member) private {
        vm.prank(OFFICE);
        membership.remove(member);
    }
}
