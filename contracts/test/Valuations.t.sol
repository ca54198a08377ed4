// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ILedgerErrors} from "../ILedgerErrors.sol";
import {ILedgerEvents} from "../ILedgerEvents.sol";
import {ILedgerRecords} from "../ILedgerRecords.sol";
import {LedgerFixture} from "./LedgerFixture.sol";
import {vm} from "./Vm.sol";

contract ValuationsTest is LedgerFixture {
    function setUp() public override {
        super.setUp();
        _join(ALICE);
        _join(BOB);
        _contribute(_contribution(ALICE, 0));
        _contribute(_contribution(ALICE, 1));
    }

    function test_reveal_isRecordedWhoeverSends() public {
        ILedgerRecords.Valuation memory valuation = _valuation(ALICE, 0);
        bytes32 head = _nextHead(_headOf(STUDY), 5, 3, _hash(valuation));
        vm.expectEmit(address(ledger));
        emit ILedgerEvents.Valued(STUDY, 5, head, 0, ALICE, valuation.scores, valuation.salt);
        vm.prank(STRANGER);
        ledger.reveal(valuation);
        assert(_headOf(STUDY) == head && ledger.studyOf(STUDY).entryCount == 6);
        assert(ledger.participantOf(STUDY, ALICE).scoresRevealed);
    }

    function test_reveal_revertsIfRevealed() public {
        ledger.reveal(_valuation(ALICE, 0));
        _expectNothingToReveal(_valuation(ALICE, 0));
    }

    function test_reveal_revertsIfNothingCommitted() public {
        _expectNothingToReveal(_valuation(BOB, 0));
        _contribute(_contribution(BOB, 0));
        _expectNothingToReveal(_valuation(BOB, 0));
        ILedgerRecords.Contribution memory silent = _contribution(BOB, 1);
        silent.scoreCommitment = 0;
        _contribute(silent);
        _expectNothingToReveal(_valuation(BOB, 0));
    }

    function test_reveal_revertsIfReplacedByNextContribution() public {
        _contribute(_contribution(ALICE, 2));
        vm.expectRevert(abi.encodeWithSelector(ILedgerErrors.NotTheCommittedRound.selector, 0, 1));
        ledger.reveal(_valuation(ALICE, 0));
        ledger.reveal(_valuation(ALICE, 1));
    }

    function test_reveal_opensEachRoundOnce() public {
        ledger.reveal(_valuation(ALICE, 0));
        _contribute(_contribution(ALICE, 2));
        assert(!ledger.participantOf(STUDY, ALICE).scoresRevealed);
        ledger.reveal(_valuation(ALICE, 1));
        _contribute(_contribution(ALICE, 3));
        ledger.reveal(_valuation(ALICE, 2));
        _contribute(_closing(ALICE));
        ledger.reveal(_valuation(ALICE, 3));
    }

    function test_reveal_isAboutTheRoundBeforeTheContribution() public {
        _contribute(_contribution(BOB, 0));
        _contribute(_contribution(BOB, 3));
        ledger.reveal(_valuation(BOB, 2));
    }

    function testFuzz_reveal_revertsIfRoundDiffers(uint32 round) public {
        vm.assume(round != 0);
        ILedgerRecords.Valuation memory valuation = _valuation(ALICE, 0);
        valuation.round = round;
        vm.expectRevert(abi.encodeWithSelector(ILedgerErrors.NotTheCommittedRound.selector, round, 0));
        ledger.reveal(valuation);
    }

    /// @dev The commitment itself says another round than the one it was made for.
    function test_reveal_revertsIfCommitmentIsAboutAnotherRound() public {
        ILedgerRecords.Contribution memory contribution = _contribution(ALICE, 2);
        contribution.scoreCommitment = _hash(_valuation(ALICE, 0));
        _contribute(contribution);
        vm.expectRevert(abi.encodeWithSelector(ILedgerErrors.NotTheCommittedRound.selector, 0, 1));
        ledger.reveal(_valuation(ALICE, 0));
    }

    function testFuzz_reveal_revertsIfAltered(bytes32 score, bytes32 salt, uint8 words) public {
        ILedgerRecords.Valuation memory valuation = _valuation(ALICE, 0);
        vm.assume(score != valuation.scores[0] || salt != valuation.salt || words % 9 != 1);
        valuation.scores = new bytes32[](words % 9);
        if (words % 9 != 0) valuation.scores[0] = score;
        valuation.salt = salt;
        vm.expectRevert(
            abi.encodeWithSelector(
                ILedgerErrors.NotTheCommitment.selector,
                _hash(valuation),
                _hash(_valuation(ALICE, 0))
            )
        );
        ledger.reveal(valuation);
    }

    function test_reveal_revertsIfAnothersCommitment() public {
        _contribute(_contribution(BOB, 0));
        ILedgerRecords.Contribution memory copied = _contribution(BOB, 1);
        copied.scoreCommitment = _hash(_valuation(ALICE, 0));
        _contribute(copied);
        ILedgerRecords.Valuation memory valuation = _valuation(ALICE, 0);
        valuation.evaluator = BOB;
        vm.expectPartialRevert(ILedgerErrors.NotTheCommitment.selector);
        ledger.reveal(valuation);
    }

    function test_reveal_takesEightWordsAtTheMost() public {
        ILedgerRecords.Valuation memory valuation = _valuation(ALICE, 1);
        valuation.scores = new bytes32[](8);
        ILedgerRecords.Contribution memory contribution = _contribution(ALICE, 2);
        contribution.scoreCommitment = _hash(valuation);
        _contribute(contribution);
        ledger.reveal(valuation);

        valuation = _valuation(ALICE, 2);
        valuation.scores = new bytes32[](9);
        contribution = _contribution(ALICE, 3);
        contribution.scoreCommitment = _hash(valuation);
        _contribute(contribution);
        vm.expectRevert(abi.encodeWithSelector(ILedgerErrors.TooManyScores.selector, 9));
        ledger.reveal(valuation);
    }

    function test_reveal_isOpenAfterWithdrawalAndRemoval() public {
        vm.prank(ALICE);
        ledger.withdraw(STUDY);
        membership.remove(ALICE);
        ledger.reveal(_valuation(ALICE, 0));
    }

    function test_reveal_revertsIfClosed() public {
        ledger.closeStudy(STUDY);
        vm.expectRevert(
            abi.encodeWithSelector(ILedgerErrors.StudyNotOpen.selector, STUDY, ILedgerRecords.StudyState.Closed)
        );
        ledger.reveal(_valuation(ALICE, 0));
    }

    function _expectNothingToReveal(ILedgerRecords.Valuation memory valuation) private {
        vm.expectRevert(
            abi.encodeWithSelector(ILedgerErrors.NothingToReveal.selector, STUDY, valuation.evaluator)
        );
        ledger.reveal(valuation);
    }
}
