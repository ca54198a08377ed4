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
    /// @notice May admit, suspend, reinstate, remove members, and rotate their keys.
    bytes32 public constant ADMISSION_ROLE = ADMISSION;

    /// @notice May open and close studies in the ledger.
    bytes32 public constant STUDY_ROLE = STUDY;

    /// @dev A share of everything, in millionths.
    uint32 private constant _WHOLE = 1_000_000;

    mapping(address account => AccountStanding standing) private _standings;
    address[] private _members;
    Governance private _governance;

    /// @notice Nobody is a member yet, and nobody has a role but the administrator.
    /// @param adminDelaySeconds How long a hand-over of the administrator must wait before it can be accepted
    /// @param admin The first administrator, who grants the two roles
    /// @param governance_ The governance numbers to begin with
    constructor(
        uint48 adminDelaySeconds,
        address admin,
        Governance memory governance_
    ) AccessControlDefaultAdminRules(adminDelaySeconds, admin) {
        _setGovernance(governance_);
    }

    /// @inheritdoc IMembership
    function admit(address member) external onlyRole(ADMISSION_ROLE) returns (uint32 index) {
        require(member != address(0), ZeroMember());
        AccountStanding memory before = _standings[member];
        require(
            before.standing == Standing.None || before.standing == Standing.Removed,
            WrongStanding(member, before.standing)
        );
        index = before.index;
        if (before.standing == Standing.None) {
            index = uint32(_members.length);
            _members.push(member);
        }
        _set(member, index, Standing.Active);
        emit MemberAdmitted(member, index);
    }

    /// @inheritdoc IMembership
    function suspend(address member) external onlyRole(ADMISSION_ROLE) {
        uint32 index = _change(member, Standing.Active, Standing.Suspended);
        emit MemberSuspended(member, index);
    }

    /// @inheritdoc IMembership
    function reinstate(address member) external onlyRole(ADMISSION_ROLE) {
        uint32 index = _change(member, Standing.Suspended, Standing.Active);
        emit MemberReinstated(member, index);
    }

    /// @inheritdoc IMembership
    function remove(address member) external onlyRole(ADMISSION_ROLE) {
        AccountStanding memory before = _standings[member];
        require(
            before.standing == Standing.Active || before.standing == Standing.Suspended,
            WrongStanding(member, before.standing)
        );
        // A suspended member lost its standing when it was suspended, not now.
        _standings[member].standing = Standing.Removed;
        if (before.standing == Standing.Active) _standings[member].since = uint40(block.number);
        emit MemberRemoved(member, before.index);
    }

    /// @inheritdoc IMembership
    function rotate(address account, address successor) external onlyRole(ADMISSION_ROLE) {
        require(successor != address(0), ZeroMember());
        Standing taken = _standings[successor].standing;
        require(taken == Standing.None, WrongStanding(successor, taken));
        uint32 index = _change(account, Standing.Active, Standing.Rotated);
        _members[index] = successor;
        _set(successor, index, Standing.Active);
        emit KeyRotated(account, successor, index);
    }

    /// @inheritdoc IMembership
    function setGovernance(Governance calldata governance_) external onlyRole(DEFAULT_ADMIN_ROLE) {
        _setGovernance(governance_);
    }

    /// @inheritdoc IMembership
    function isMember(address account) external view returns (bool) {
        return _standings[account].standing == Standing.Active;
    }

    /// @inheritdoc IMembership
    function standingOf(address account) external view returns (AccountStanding memory) {
        return _standings[account];
    }

    /// @inheritdoc IMembership
    function indexOf(address account) external view returns (uint32) {
        require(_standings[account].standing != Standing.None, NeverAdmitted(account));
        return _standings[account].index;
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

    /// @inheritdoc IMembership
    function governance() external view returns (Governance memory) {
        return _governance;
    }

    /// @dev Leads an account from one standing to another, and tells the member's number.
    function _change(address account, Standing from, Standing to) private returns (uint32 index) {
        AccountStanding memory before = _standings[account];
        require(before.standing == from, WrongStanding(account, before.standing));
        index = before.index;
        _set(account, index, to);
    }

    function _set(address account, uint32 index, Standing standing) private {
        _standings[account] = AccountStanding({index: index, standing: standing, since: uint40(block.number)});
    }

    function _setGovernance(Governance memory governance_) private {
        _requireShare(governance_.weightShareCapMicros);
        _requireShare(governance_.quorumMicros);
        _governance = governance_;
        emit GovernanceSet(governance_.weightShareCapMicros, governance_.quorumMicros);
    }

    function _requireShare(uint32 shareMicros) private pure {
        require(shareMicros != 0 && shareMicros < _WHOLE + 1, ShareOutOfRange(shareMicros));
    }
}
