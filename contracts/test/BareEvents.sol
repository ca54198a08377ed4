// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ILedgerEvents} from "../ILedgerEvents.sol";
import {ILedgerRecords} from "../ILedgerRecords.sol";

/// @dev The same events as the ledger's, with nothing checked and nothing stored: the least that recording can cost.
contract BareEvents is ILedgerRecords, ILedgerEvents {
    function contribute(Contribution calldata c) external {
        emit Contributed(
            c.study, 1, c.base, c.round, c.member, c.base, c.recipe, c.update, c.samples, c.epsilonMicros, c.metrics, c.scoreCommitment
        );
    }

    function reveal(Valuation calldata v) external {
        emit Valued(v.study, 1, v.salt, v.round, v.evaluator, v.scores, v.salt);
    }
}
