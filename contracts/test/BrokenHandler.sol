// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {LedgerHandler} from "./LedgerHandler.sol";

/// @dev For the control: a handler that can call a promise broken. A contract of its own, because the runner calls whatever
/// its target has, from any account that it knows, the test's included.
contract BrokenHandler is LedgerHandler {
    function breakPromise() external {
        _broken(1);
    }
}
