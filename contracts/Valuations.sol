// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ILedger} from "./ILedger.sol";
import {CommitmentWord} from "./records/CommitmentWord.sol";
import {RecordHash} from "./records/RecordHash.sol";
import {StudyLog} from "./StudyLog.sol";

/// @title Revealing committed scores, and reading their medians
/// @notice Part of the ledger.
/// @dev A contribution of round r carries the commitment to the scores of round r - 1. The commitments of the last four
/// rounds are kept for each account, opened or not; a later one takes the place of the oldest.
abstract contract Valuations is StudyLog {
    /// @notice The most words of scores: eight scores each, for 64 participants.
    uint256 public constant MAXIMUM_SCORE_WORDS = 8;

    /// @dev How many scores a word holds, and how many bits one has.
    uint256 private constant _SCORES_PER_WORD = 8;
    uint256 private constant _SCORE_BITS = 32;

    /// @notice How many blocks after its commitment a valuation may still be revealed.
    uint32 public immutable REVEAL_WINDOW_BLOCKS;

    constructor(uint32 revealWindowBlocks) {
        require(revealWindowBlocks != 0, ZeroRevealWindow());
        REVEAL_WINDOW_BLOCKS = revealWindowBlocks;
    }

    /// @inheritdoc ILedger
    function reveal(Valuation calldata valuation) external {
        _reveal(valuation);
    }

    /// @inheritdoc ILedger
    function revealBatch(Valuation[] calldata valuations) external {
        for (uint256 i = 0; i < valuations.length; ++i) _reveal(valuations[i]);
    }

    /// @inheritdoc ILedger
    function medianScore(
        bytes32 study,
        uint32 round,
        uint8 target,
        Valuation[] calldata valuations
    ) external view returns (int32 median, uint256 scorers) {
        Study storage stored = _anyStudy(study);
        require(target < stored.participants, NoSuchPosition(study, target));
        address self = stored.seatAt[target].account;
        int32[] memory scores = new int32[](valuations.length);
        for (uint256 i = 0; i < valuations.length; ++i) {
            Valuation calldata valuation = valuations[i];
            require(valuation.evaluator != self, SelfScore(self));
            _requireRevealed(stored, valuation, round);
            int32 score = _scoreAt(valuation.scores, target);
            require(
                i == 0 || _inOrder(scores[i - 1], valuations[i - 1].evaluator, score, valuation.evaluator),
                NotInOrder(i)
            );
            scores[i] = score;
            if (score != type(int32).min) ++scorers;
        }
        uint256 revealed = _countRevealed(stored, round, self);
        require(valuations.length == revealed, ValuationsMissing(valuations.length, revealed));
        // "Not scored" is the least number, and so comes first.
        median = _middle(scores, valuations.length - scorers, scorers);
    }

    function _reveal(Valuation calldata valuation) private {
        require(valuation.scores.length < MAXIMUM_SCORE_WORDS + 1, TooManyScores(valuation.scores.length));
        Study storage study = _openStudy(valuation.study);
        bytes32 structHash = RecordHash.ofValuation(valuation);
        _openCommitment(study, valuation, structHash);
        (uint32 sequence, bytes32 head) = _append(study, Kind.Valuation, structHash);
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

    /// @dev The commitment must be there, unopened and young enough; from now on it counts as opened.
    function _openCommitment(Study storage study, Valuation calldata valuation, bytes32 structHash) private {
        uint256 slot = valuation.round % CommitmentWord.SLOTS;
        bytes32 word = study.commitmentsOf[valuation.evaluator][slot];
        bytes32 revealed = CommitmentWord.revealed(structHash, valuation.round);
        uint256 committed = CommitmentWord.blockOf(word);
        require(
            committed != 0 &&
                valuation.round < CommitmentWord.ROUNDS &&
                CommitmentWord.withoutBlock(word) == revealed,
            NotTheCommitment(valuation.study, valuation.evaluator, structHash)
        );
        uint256 lastBlock = committed + REVEAL_WINDOW_BLOCKS;
        require(block.number < lastBlock + 1, RevealTooLate(lastBlock));
        study.commitmentsOf[valuation.evaluator][slot] = revealed;
    }

    /// @dev The valuation must be the one that its evaluator revealed for the round (its hash says for which study and
    /// round, and revealing checked it against them), the slot not used again, and the
    /// evaluator the account that has its member's position: of those, all that revealed are counted.
    function _requireRevealed(
        Study storage stored,
        Valuation calldata valuation,
        uint32 round
    ) private view {
        bytes32 word = stored.commitmentsOf[valuation.evaluator][round % CommitmentWord.SLOTS];
        require(
            word == CommitmentWord.revealed(RecordHash.ofValuation(valuation), round) &&
                _hasSeat(stored, valuation.evaluator),
            NotARevealedValuation(valuation.evaluator)
        );
    }

    function _hasSeat(Study storage stored, address account) private view returns (bool) {
        Participant storage participant = stored.participantOf[_MEMBERSHIP.standingOf(account).index];
        return stored.seatAt[participant.position].account == account;
    }

    /// @dev How many participants other than `self` revealed scores of the round that are still kept.
    function _countRevealed(Study storage stored, uint32 round, address self) private view returns (uint256 revealed) {
        uint256 count = stored.participants;
        for (uint256 position = 0; position < count; ++position) {
            address account = stored.seatAt[position].account;
            if (account == self) continue;
            bytes32 word = stored.commitmentsOf[account][round % CommitmentWord.SLOTS];
            if (CommitmentWord.isRevealedFor(word, round)) ++revealed;
        }
    }

    /// @dev The score of a position; "not scored" where the words end before it.
    function _scoreAt(bytes32[] calldata words, uint256 position) private pure returns (int32) {
        uint256 index = position / _SCORES_PER_WORD;
        if (words.length < index + 1) return type(int32).min;
        uint256 shift = (_SCORES_PER_WORD - 1 - (position % _SCORES_PER_WORD)) * _SCORE_BITS;
        return int32(uint32(uint256(words[index]) >> shift));
    }

    /// @dev Whether (score, evaluator) comes strictly after (previous score, previous evaluator).
    function _inOrder(
        int32 previousScore,
        address previousEvaluator,
        int32 score,
        address evaluator
    ) private pure returns (bool) {
        if (previousScore != score) return previousScore < score;
        return previousEvaluator < evaluator;
    }

    /// @dev Median of `count` sorted scores from `start` on; of an even number the mean of the middle two,
    /// rounded down.
    function _middle(int32[] memory scores, uint256 start, uint256 count) private pure returns (int32) {
        if (count == 0) return 0;
        uint256 upper = start + count / 2;
        if (count % 2 == 1) return scores[upper];
        return int32((int256(scores[upper - 1]) + int256(scores[upper])) >> 1);
    }
}
