// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAccessControl} from "@openzeppelin/contracts/access/IAccessControl.sol";
import {
    IAccessControlDefaultAdminRules
} from "@openzeppelin/contracts/access/extensions/IAccessControlDefaultAdminRules.sol";
import {IMembership} from "../IMembership.sol";
import {Membership} from "../Membership.sol";
import {vm} from "./Vm.sol";

contract MembershipTest {
    address private constant OFFICE = address(0x0FF1CE);
    address private constant FIRST = address(0x101);
    address private constant SECOND = address(0x102);

    Membership private membership;

    function setUp() public {
        membership = new Membership(2 days, address(this));
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
        vm.expectRevert(abi.encodeWithSelector(IMembership.AlreadyMember.selector, FIRST));
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
        vm.expectRevert(abi.encodeWithSelector(IMembership.NotMember.selector, FIRST));
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
        new Membership(2 days, address(0));
    }

    function test_administrator_hasNoRoleOfItsOwn() public {
        vm.expectPartialRevert(IAccessControl.AccessControlUnauthorizedAccount.selector);
        membership.admit(FIRST);
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
