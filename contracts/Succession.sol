// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {
    IAccessControlDefaultAdminRules
} from "@openzeppelin/contracts/access/extensions/IAccessControlDefaultAdminRules.sol";
import {ILedger} from "./ILedger.sol";
import {StudyLog} from "./StudyLog.sol";

/// @title The contract that will take this one's place
/// @notice Part of the ledger. The code here never changes; a new version is a new contract, which the administrator of
/// the membership contract names. Until it becomes effective everybody can see it coming, and it can be taken back;
/// afterwards never. Studies that are open go on here; new ones are opened there.
abstract contract Succession is StudyLog {
    /// @notice How long a successor waits to become effective, in seconds.
    uint64 public constant SUCCESSOR_DELAY = 2 days;

    address private _named;
    uint64 private _effective;

    modifier onlyAdministrator() {
        address administrator = IAccessControlDefaultAdminRules(address(_MEMBERSHIP)).defaultAdmin();
        require(msg.sender == administrator, NotTheAdministrator(msg.sender));
        _;
    }

    /// @inheritdoc ILedger
    function nameSuccessor(address named) external onlyAdministrator {
        require(_named == address(0) && named.code.length != 0 && named != address(this), BadSuccessor(named));
        _named = named;
        _effective = uint64(block.timestamp) + SUCCESSOR_DELAY;
        emit SuccessorNamed(named, _effective);
    }

    /// @inheritdoc ILedger
    function cancelSuccessor() external onlyAdministrator {
        address named = _named;
        require(named != address(0) && block.timestamp < _effective, NothingToCancel());
        _named = address(0);
        emit SuccessorCancelled(named);
    }

    /// @inheritdoc ILedger
    function namedSuccessor() external view returns (address named, uint64 effective) {
        if (_named != address(0)) return (_named, _effective);
    }

    /// @inheritdoc ILedger
    function successor() public view returns (address) {
        return block.timestamp < _effective ? address(0) : _named;
    }
}
