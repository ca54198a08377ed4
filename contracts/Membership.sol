// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {
    AccessControlDefaultAdminRules
} from "@openzeppelin/contracts/access/extensions/AccessControlDefaultAdminRules.sol";
import {IMembership} from "./IMembership.sol";
import {ADMISSION_ROLE as ADMISSION, STUDY_ROLE as STUDY} from "./Roles.sol";

/// @title The register of members and roles
/// @notice One administrator, handed over in two steps with a delay, grants two roles: who admits members, and who
/// opens and closes studies. Neither the administrator nor a role can write, change or hide a record of the ledger.
contract Membership is IMembership, AccessControlDefaultAdminRules {
    struct Entry {
        uint32 index;
        bool admitted;
        bool current;
    }

    /// @notice May admit and remove members.
    bytes32 public constant ADMISSION_ROLE = ADMISSION;

    /// @notice May open and close studies in the ledger.
    bytes32 public constant STUDY_ROLE = STUDY;

    mapping(address account => Entry entry) private _entries;
    address[] private _members;

    /// @notice Nobody is a member yet, and nobody has a role but the administrator.
    /// @param adminDelaySeconds How long a hand-over of the administrator must wait before it can be accepted
    /// @param admin The first administrator, who grants the two roles
    constructor(
        uint48 adminDelaySeconds,
        address admin
    ) AccessControlDefaultAdminRules(adminDelaySeconds, admin) {}

    /// @inheritdoc IMembership
    function admit(address member) external onlyRole(ADMISSION_ROLE) returns (uint32 index) {
        require(member != address(0), ZeroMember());
        Entry storage entry = _entries[member];
        require(!entry.current, AlreadyMember(member));

        if (entry.admitted) {
            index = entry.index;
        } else {
            index = uint32(_members.length);
            _members.push(member);
        }
        _entries[member] = Entry({index: index, admitted: true, current: true});
        emit MemberAdmitted(member, index);
    }

    /// @inheritdoc IMembership
    function remove(address member) external onlyRole(ADMISSION_ROLE) {
        Entry storage entry = _entries[member];
        require(entry.current, NotMember(member));

        entry.current = false;
        emit MemberRemoved(member, entry.index);
    }

    /// @inheritdoc IMembership
    function isMember(address account) external view returns (bool) {
        return _entries[account].current;
    }

    /// @inheritdoc IMembership
    function indexOf(address account) external view returns (uint32) {
        require(_entries[account].admitted, NeverAdmitted(account));
        return _entries[account].index;
    }

    /// @inheritdoc IMembership
    function memberAt(uint32 index) external view returns (address) {
        require(index < _members.length, NoSuchIndex(index));
        return _members[index];
    }

    /// @inheritdoc IMembership
    function memberCount() external view returns (uint32) {
        return uint32(_members.length);
    }
}
