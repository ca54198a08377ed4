// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IMembership} from "../IMembership.sol";
import {Ledger} from "../Ledger.sol";
import {Membership} from "../Membership.sol";
import {vm} from "./Vm.sol";

/// @dev `new` would put the whole code of the contract into each test, and have it optimised there once more: three
/// quarters of the time that the tests take to compile.

function newLedger(IMembership membership, uint32 revealWindowBlocks) returns (Ledger) {
    return Ledger(create("Ledger.sol:Ledger", abi.encode(membership, revealWindowBlocks)));
}

function newMembership(
    uint48 adminDelaySeconds,
    address admin,
    IMembership.Governance memory governance
) returns (Membership) {
    return Membership(create("Membership.sol:Membership", abi.encode(adminDelaySeconds, admin, governance)));
}

/// @dev Reverts as the constructor does.
function create(string memory artifact, bytes memory arguments) returns (address created) {
    bytes memory code = bytes.concat(vm.getCode(artifact), arguments);
    // solhint-disable-next-line no-inline-assembly
    assembly ("memory-safe") {
        created := create(0, add(code, 0x20), mload(code))
        if iszero(created) {
            let free := mload(0x40)
            returndatacopy(free, 0, returndatasize())
            revert(free, returndatasize())
        }
    }
}
