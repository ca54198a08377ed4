// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Checkpoints} from "./Checkpoints.sol";
import {Contributions} from "./Contributions.sol";
import {Equivocations} from "./Equivocations.sol";
import {IMembership} from "./IMembership.sol";
import {Studies} from "./Studies.sol";
import {StudyLog} from "./StudyLog.sol";
import {Valuations} from "./Valuations.sol";

/// @title The audit trail of federated studies
/// @notice Immutable and without an owner. Members write their own records; nobody can alter, hide or delete one.
contract Ledger is Studies, Contributions, Valuations, Equivocations, Checkpoints {
    /// @notice Bound to a membership contract for ever.
    /// @param membership_ Says who is a member and who may open and close studies
    /// @param revealWindowBlocks How many blocks after its commitment a valuation may still be revealed
    constructor(
        IMembership membership_,
        uint32 revealWindowBlocks
    ) StudyLog(membership_) Valuations(revealWindowBlocks) {}
}
