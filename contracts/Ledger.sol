// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {Contributions} from "./Contributions.sol";
import {IMembership} from "./IMembership.sol";
import {StudyLog} from "./StudyLog.sol";
import {Valuations} from "./Valuations.sol";

/// @title The audit trail of federated studies
/// @notice Immutable and without an owner. Members write their own records; nobody can alter, hide or delete one.
contract Ledger is Contributions, Valuations {
    /// @notice Bound to a membership contract for ever.
    /// @param membership_ Says who is a member and who may open and close studies
    constructor(IMembership membership_) StudyLog(membership_) EIP712("Consilium", "1") {}
}
