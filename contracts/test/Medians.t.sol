// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ILedgerErrors} from "../ILedgerErrors.sol";
import {ILedgerRecords} from "../ILedgerRecords.sol";
import {LedgerFixture} from "./LedgerFixture.sol";
import {vm} from "./Vm.sol";

/// @dev Scores of a study with as many members as a test asks for; member n has the key n + 1000.
contract MediansTest is LedgerFixture {
    bytes32 private constant LARGE = keccak256("large");
    int32 private constant NOT_SCORED = type(int32).min;
    uint32 private constant ROUND = 5;

    /// @dev What the evaluators give the participant at position 0, and position 0 itself everybody else.
    int32[] private given;
    uint32 private round = ROUND;

    function test_medianScore_isTheMiddleOfWhatOthersGave() public {
        _study(6);
        _reveal(_scores(9, -3, 4, 100, 7)); // by the members at positions 1 to 5
        (int32 median, uint256 scorers) = ledger.medianScore(LARGE, ROUND, 0, _sorted());
        assert(median == 7 && scorers == 5);
    }

    function test_medianScore_ofTheFirstRounds() public {
        _study(4);
        round = 2;
        _reveal(_scores(3, 1, 2));
        (int32 median, uint256 scorers) = ledger.medianScore(LARGE, 2, 0, _sorted());
        assert(median == 2 && scorers == 3);
    }

    function test_medianScore_ofAnEvenNumberIsTheMeanRoundedDown() public {
        _study(5);
        _reveal(_scores(-8, -3, 4, 100));
        (int32 median, uint256 scorers) = ledger.medianScore(LARGE, ROUND, 0, _sorted());
        assert(median == 0 && scorers == 4); // (-3 + 4) / 2
        _nextRound();
        _reveal(_scores(-8, -5, -4, 100));
        (median, ) = ledger.medianScore(LARGE, ROUND + 1, 0, _sorted());
        assert(median == -5); // -4.5, rounded down
        _nextRound();
        _reveal(_scores(type(int32).max, type(int32).max, type(int32).max - 1, 0));
        (median, ) = ledger.medianScore(LARGE, ROUND + 2, 0, _sorted());
        assert(median == type(int32).max - 1);
    }

    function test_medianScore_leavesOutWhoDidNotScore() public {
        _study(5);
        _reveal(_scores(NOT_SCORED, 12, NOT_SCORED, 5));
        (int32 median, uint256 scorers) = ledger.medianScore(LARGE, ROUND, 0, _sorted());
        assert(median == 8 && scorers == 2);
    }

    function test_medianScore_ofNobodyIsZero() public {
        _study(3);
        _reveal(_scores(NOT_SCORED, NOT_SCORED));
        (int32 median, uint256 scorers) = ledger.medianScore(LARGE, ROUND, 0, _sorted());
        assert(median == 0 && scorers == 0);
        (median, scorers) = ledger.medianScore(LARGE, ROUND - 1, 0, new ILedgerRecords.Valuation[](0));
        assert(median == 0 && scorers == 0);
    }

    function test_medianScore_readsPositionsBeyondTheWordsAsNotScored() public {
        _study(9);
        _reveal(_scores(1, 2, 3, 4, 5)); // one word: position 8 is in the second
        (, uint256 scorers) = ledger.medianScore(LARGE, ROUND, 8, _byEvaluator(1, 6));
        assert(scorers == 0);
    }

    function test_medianScore_findsEveryPosition() public {
        _study(18);
        for (uint256 i = 0; i < 17; ++i) given.push(int32(int256(i)));
        _revealGiven();
        for (uint8 target = 1; target < 18; ++target) {
            // Everybody gave position p what position p - 1 gave position 0, plus 1000.
            ILedgerRecords.Valuation[] memory others = _without(target);
            (int32 median, uint256 scorers) = ledger.medianScore(LARGE, ROUND, target, others);
            assert(median == 999 + int32(uint32(target)) && scorers == 16);
        }
    }

    function test_medianScore_revertsIfOneIsMissing() public {
        _study(4);
        _reveal(_scores(1, 2, 3));
        vm.expectRevert(abi.encodeWithSelector(ILedgerErrors.ValuationsMissing.selector, 2, 3));
        ledger.medianScore(LARGE, ROUND, 0, _byEvaluator(1, 3));
    }

    function test_medianScore_revertsIfOutOfOrderOrTwice() public {
        _study(4);
        _reveal(_scores(5, 5, 9));
        ILedgerRecords.Valuation[] memory sorted = _sorted();
        (sorted[0], sorted[1]) = (sorted[1], sorted[0]);
        vm.expectRevert(abi.encodeWithSelector(ILedgerErrors.NotInOrder.selector, 1));
        ledger.medianScore(LARGE, ROUND, 0, sorted);
        sorted = _sorted();
        sorted[1] = sorted[0];
        vm.expectRevert(abi.encodeWithSelector(ILedgerErrors.NotInOrder.selector, 1));
        ledger.medianScore(LARGE, ROUND, 0, sorted);
        sorted = _sorted();
        (sorted[1], sorted[2]) = (sorted[2], sorted[1]);
        vm.expectRevert(abi.encodeWithSelector(ILedgerErrors.NotInOrder.selector, 2));
        ledger.medianScore(LARGE, ROUND, 0, sorted);
    }

    function test_medianScore_revertsOnSelfScore() public {
        _study(4);
        _reveal(_scores(1, 2, 3));
        vm.expectRevert(abi.encodeWithSelector(ILedgerErrors.SelfScore.selector, _member(1)));
        ledger.medianScore(LARGE, ROUND, 1, _sorted());
    }

    function test_medianScore_revertsIfNotRevealed() public {
        _study(4);
        given = _scores(1, 2, 3);
        _commitGiven();
        bytes memory refusal = abi.encodeWithSelector(ILedgerErrors.NotARevealedValuation.selector, _member(1));
        vm.expectRevert(refusal);
        ledger.medianScore(LARGE, ROUND, 0, _byEvaluator(1, 2)); // committed only
        ledger.reveal(_given(1, ROUND));
        ledger.medianScore(LARGE, ROUND, 0, _byEvaluator(1, 2));
        ILedgerRecords.Valuation[] memory altered = _byEvaluator(1, 2);
        altered[0].salt = 0;
        vm.expectRevert(refusal);
        ledger.medianScore(LARGE, ROUND, 0, altered);
        vm.expectRevert(refusal);
        ledger.medianScore(LARGE, ROUND + 1, 0, _byEvaluator(1, 2));
        vm.expectRevert(refusal);
        ledger.medianScore(LARGE, ROUND + 4, 0, _byEvaluator(1, 2));
        altered = _byEvaluator(1, 2);
        altered[0].study = STUDY;
        vm.expectRevert(refusal);
        ledger.medianScore(LARGE, ROUND, 0, altered);
    }

    /// @dev Four rounds later the slot holds another commitment: the median can no longer be read, and is not wrong.
    function test_medianScore_revertsIfTooLongAgo() public {
        _study(3);
        _reveal(_scores(1, 2));
        ILedgerRecords.Valuation[] memory sorted = _sorted();
        for (uint256 i = 0; i < 4; ++i) _nextRound();
        _reveal(_scores(3, 4));
        vm.expectRevert(abi.encodeWithSelector(ILedgerErrors.NotARevealedValuation.selector, _member(1)));
        ledger.medianScore(LARGE, ROUND, 0, sorted);
    }

    /// @dev Round + 4 has the same slot: what was revealed for the round is nothing for that one.
    function test_medianScore_tellsRoundsOfOneSlotApart() public {
        _study(3);
        _reveal(_scores(1, 2));
        (int32 median, uint256 scorers) = ledger.medianScore(LARGE, ROUND + 4, 0, new ILedgerRecords.Valuation[](0));
        assert(median == 0 && scorers == 0);
    }

    /// @dev A rotated member's scores are those of the key that has its seat now.
    function test_medianScore_revertsForOldKey() public {
        _study(3);
        _reveal(_scores(1, 2));
        ILedgerRecords.Valuation[] memory sorted = _sorted();
        vm.roll(BLOCK + 1);
        membership.rotate(_member(1), vm.addr(77));
        _joinWith(77, _consent(LARGE, vm.addr(77)));
        vm.expectRevert(abi.encodeWithSelector(ILedgerErrors.NotARevealedValuation.selector, _member(1)));
        ledger.medianScore(LARGE, ROUND, 0, sorted);
    }

    function test_medianScore_revertsIfNobodyHasThePosition() public {
        _study(3);
        vm.expectRevert(abi.encodeWithSelector(ILedgerErrors.NoSuchPosition.selector, LARGE, 3));
        ledger.medianScore(LARGE, ROUND, 3, new ILedgerRecords.Valuation[](0));
    }

    function _nextRound() private {
        ++round;
    }

    function _study(uint256 members) private {
        ILedgerRecords.OpenStudy memory opening = _opening(LARGE);
        opening.maximumMembers = 64;
        opening.rounds = 50;
        ledger.openStudy(opening);
        for (uint256 n = 0; n < members; ++n) {
            membership.admit(_member(n));
            _joinWith(n + 1000, _consent(LARGE, _member(n)));
        }
    }

    function _member(uint256 n) private pure returns (address) {
        return vm.addr(n + 1000);
    }

    function _reveal(int32[] memory scores) private {
        given = scores;
        _revealGiven();
    }

    function _revealGiven() private {
        _commitGiven();
        for (uint256 n = 1; n < given.length + 1; ++n) ledger.reveal(_given(n, round));
    }

    function _commitGiven() private {
        for (uint256 n = 1; n < given.length + 1; ++n) {
            ILedgerRecords.Contribution memory contribution = _contribution(_member(n), round + 1);
            contribution.study = LARGE;
            contribution.epsilonMicros = 0;
            contribution.scoreCommitment = _hash(_given(n, round));
            _contribute(contribution);
        }
    }

    /// @dev What the member at position `n` reveals: its score of position 0, and 999 + p for every other position p.
    function _given(uint256 n, uint32 about) private view returns (ILedgerRecords.Valuation memory valuation) {
        valuation = _valuation(_member(n), about);
        valuation.study = LARGE;
        valuation.scores = new bytes32[](given.length / 8 + 1);
        for (uint256 position = 0; position < valuation.scores.length * 8; ++position) {
            int32 score = position == 0 ? given[n - 1] : 999 + int32(int256(position));
            uint256 shift = 224 - 32 * (position % 8);
            valuation.scores[position / 8] |= bytes32(uint256(uint32(score)) << shift);
        }
    }

    /// @dev Everybody's, in ascending order of the score of position 0, then of the evaluator.
    function _sorted() private view returns (ILedgerRecords.Valuation[] memory valuations) {
        valuations = _byEvaluator(1, given.length + 1);
        for (uint256 i = 1; i < valuations.length; ++i) {
            for (uint256 j = i; j > 0 && _scoreOfFirst(valuations[j - 1]) > _scoreOfFirst(valuations[j]); --j) {
                (valuations[j - 1], valuations[j]) = (valuations[j], valuations[j - 1]);
            }
        }
    }

    function _scoreOfFirst(ILedgerRecords.Valuation memory valuation) private pure returns (int32) {
        return int32(uint32(uint256(valuation.scores[0]) >> 224));
    }

    /// @dev Those of the positions from `from` to before `to`, in order of the evaluator.
    function _byEvaluator(uint256 from, uint256 to) private view returns (ILedgerRecords.Valuation[] memory valuations) {
        valuations = new ILedgerRecords.Valuation[](to - from);
        for (uint256 n = from; n < to; ++n) valuations[n - from] = _given(n, round);
        _sortByEvaluator(valuations);
    }

    /// @dev Everybody's but that of position `target`, in order of the evaluator: the scores are all the same.
    function _without(uint256 target) private view returns (ILedgerRecords.Valuation[] memory valuations) {
        valuations = new ILedgerRecords.Valuation[](given.length - 1);
        uint256 filled = 0;
        for (uint256 n = 1; n < given.length + 1; ++n) {
            if (n != target) valuations[filled++] = _given(n, round);
        }
        _sortByEvaluator(valuations);
    }

    function _sortByEvaluator(ILedgerRecords.Valuation[] memory valuations) private pure {
        for (uint256 i = 1; i < valuations.length; ++i) {
            for (uint256 j = i; j > 0 && valuations[j - 1].evaluator > valuations[j].evaluator; --j) {
                (valuations[j - 1], valuations[j]) = (valuations[j], valuations[j - 1]);
            }
        }
    }

    function _scores(int32 a, int32 b) private pure returns (int32[] memory list) {
        list = new int32[](2);
        (list[0], list[1]) = (a, b);
    }

    function _scores(int32 a, int32 b, int32 c) private pure returns (int32[] memory list) {
        list = new int32[](3);
        (list[0], list[1], list[2]) = (a, b, c);
    }

    function _scores(int32 a, int32 b, int32 c, int32 d) private pure returns (int32[] memory list) {
        list = new int32[](4);
        (list[0], list[1], list[2], list[3]) = (a, b, c, d);
    }

    function _scores(int32 a, int32 b, int32 c, int32 d, int32 e) private pure returns (int32[] memory list) {
        list = new int32[](5);
        (list[0], list[1], list[2], list[3], list[4]) = (a, b, c, d, e);
    }
}
