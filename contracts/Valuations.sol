// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ILedger} from "./ILedger.sol";
import {RecordHash} from "./records/RecordHash.sol";
import {StudyLog} from "./StudyLog.sol";

/// @title Revealing committed scores
/// @notice Part of the ledger.
/// @dev A contribution of round r carries the commitment to the scores of round r - 1, so a participant whose next
/// round is n committed to round n - 2. The next contribution replaces the commitment, revealed or not.
abstract contract Valuations is StudyLog {
    /// @notice The most words of scores: eight scores each, for 64 participants.
    uint256 public constant MAXIMUM_SCORE_WORDS = 8;

    /// @inheritdoc ILedger
    function reveal(Valuation calldata valuation) external {
        require(valuation.scores.length < MAXIMUM_SCORE_WORDS + 1, TooManyScores(valuation.scores.length));
        Study storage study = _openStudy(valuation.study);
        Participant storage evaluator = study.participantOf[valuation.evaluator];
        bytes32 commitment = evaluator.scoreCommitment;
        if (commitment == 0 || evaluator.scoresRevealed) revert NothingToReveal(valuation.study, valuation.evaluator);
        uint32 committedRound = evaluator.nextRound - 2;
        require(valuation.round == committedRound, NotTheCommittedRound(valuation.round, committedRound));
        bytes32 structHash = RecordHash.ofValuation(valuation);
        require(structHash == commitment, NotTheCommitment(structHash, commitment));

        evaluator.scoresRevealed = true;
        (uint64 sequence, bytes32 head) = _append(study, Kind.Valuation, structHash);
        emit Valued(
            valuation.study,
            sequence,
            head,
            valuation.round,
            valuation.evaluator,
            valuation.scores,
            valuation.salt
        );
    }
}
