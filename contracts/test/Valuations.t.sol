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
        bytes32 head = _nextHead(_headOf(STUDY), 3, _hash(valuation));
        vm.expectEmit(address(ledger));
        emit ILedgerEvents.Valued(STUDY, 5, head, 0, ALICE, valuation.scores, valuation.salt);
        vm.prank(STRANGER);
        ledger.reveal(valuation);
        assert(_headOf(STUDY) == head && ledger.studyOf(STUDY).entryCount == 6);
    }

    function test_reveal_revertsIfRevealed() public {
        ledger.reveal(_valuation(ALICE, 0));
        _expectNotCommitted(_valuation(ALICE, 0));
    }

    function test_reveal_revertsIfNothingCommitted() public {
        _expectNotCommitted(_valuation(BOB, 0));
        _contribute(_contribution(BOB, 0));
        ILedgerRecords.Contribution memory silent = _contribution(BOB, 1);
        silent.scoreCommitment = 0;
        _contribute(silent);
        _expectNotCommitted(_valuation(BOB, 0));
        _expectNotCommitted(_valuation(STRANGER, 0));
    }

    function test_reveal_opensEachRoundOnce() public {
        _contribute(_contribution(ALICE, 2));
        _contribute(_contribution(ALICE, 3));
        _contribute(_closing(ALICE));
        for (uint32 round = 4; round > 0; --round) ledger.reveal(_valuation(ALICE, round - 1)); // in any order
        for (uint32 round = 0; round < 4; ++round) _expectNotCommitted(_valuation(ALICE, round));
    }

    function test_reveal_revertsIfFourRoundsCameAfter() public {
        bytes32 study = _longStudy();
        for (uint32 round = 0; round < 6; ++round) _contributeTo(study, round);
        _expectNotCommitted(_in(study, _valuation(ALICE, 0)));
        ledger.reveal(_in(study, _valuation(ALICE, 1)));
        ledger.reveal(_in(study, _valuation(ALICE, 4)));
    }

    function test_reveal_revertsAfterWindow() public {
        vm.roll(BLOCK + WINDOW + 1);
        vm.expectRevert(abi.encodeWithSelector(ILedgerErrors.RevealTooLate.selector, BLOCK + WINDOW));
        ledger.reveal(_valuation(ALICE, 0));
        vm.roll(BLOCK + WINDOW);
        ledger.reveal(_valuation(ALICE, 0));
    }

    function testFuzz_reveal_revertsIfRoundDiffers(uint32 round) public {
        vm.assume(round != 0);
        ILedgerRecords.Valuation memory valuation = _valuation(ALICE, 0);
        valuation.round = round;
        _expectNotCommitted(valuation);
    }

    /// @dev The commitment itself says another round than the one it was made for, in the same slot or another.
    function test_reveal_revertsIfCommitmentIsAboutAnotherRound() public {
        bytes32 study = _longStudy();
        _contributeTo(study, 0);
        ILedgerRecords.Contribution memory contribution = _contribution(ALICE, 5);
        contribution.study = study;
        contribution.epsilonMicros = BUDGET;
        contribution.scoreCommitment = _hash(_in(study, _valuation(ALICE, 0)));
        _contribute(contribution);
        _expectNotCommitted(_in(study, _valuation(ALICE, 0)));
        contribution.round = 7;
        contribution.scoreCommitment = _hash(_in(study, _valuation(ALICE, 1)));
        _contribute(contribution);
        _expectNotCommitted(_in(study, _valuation(ALICE, 1)));
    }

    function testFuzz_reveal_revertsIfScoresOrSaltDiffer(bytes32 score, bytes32 salt) public {
        ILedgerRecords.Valuation memory valuation = _valuation(ALICE, 0);
        vm.assume(score != valuation.scores[0] || salt != valuation.salt);
        valuation.scores[0] = score;
        valuation.salt = salt;
        _expectNotCommitted(valuation);
    }

    function test_reveal_revertsIfAnothersCommitment() public {
        _contribute(_contribution(BOB, 0));
        ILedgerRecords.Contribution memory copied = _contribution(BOB, 1);
        copied.scoreCommitment = _hash(_valuation(ALICE, 0));
        _contribute(copied);
        ILedgerRecords.Valuation memory valuation = _valuation(ALICE, 0);
        valuation.evaluator = BOB;
        _expectNotCommitted(valuation);
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

    function test_revealBatch_equalsSingles() public {
        _contribute(_contribution(ALICE, 2));
        ILedgerRecords.Valuation[] memory valuations = new ILedgerRecords.Valuation[](2);
        (valuations[0], valuations[1]) = (_valuation(ALICE, 0), _valuation(ALICE, 1));
        uint256 before = vm.snapshotState();
        vm.recordLogs();
        ledger.reveal(valuations[0]);
        ledger.reveal(valuations[1]);
        bytes32 events = keccak256(abi.encode(vm.getRecordedLogs()));
        bytes32 head = _headOf(STUDY);
        assert(vm.revertToState(before));
        vm.recordLogs();
        ledger.revealBatch(valuations);
        assert(keccak256(abi.encode(vm.getRecordedLogs())) == events && _headOf(STUDY) == head);
    }

    function test_revealBatch_isAllOrNothing() public {
        ILedgerRecords.Valuation[] memory valuations = new ILedgerRecords.Valuation[](2);
        (valuations[0], valuations[1]) = (_valuation(ALICE, 0), _valuation(ALICE, 0));
        bytes32 head = _headOf(STUDY);
        vm.expectPartialRevert(ILedgerErrors.NotTheCommitment.selector);
        ledger.revealBatch(valuations);
        assert(_headOf(STUDY) == head);
    }

    function _longStudy() private returns (bytes32 study) {
        study = keccak256("long");
        ILedgerRecords.OpenStudy memory opening = _opening(study);
        opening.rounds = 20;
        ledger.openStudy(opening);
        _joinWith(ALICE_KEY, _consent(study, ALICE));
    }

    function _contributeTo(bytes32 study, uint32 round) private {
        ILedgerRecords.Contribution memory contribution = _contribution(ALICE, round);
        contribution.study = study;
        if (round != 0) contribution.scoreCommitment = _hash(_in(study, _valuation(ALICE, round - 1)));
        _contribute(contribution);
    }

    function _in(
        bytes32 study,
        ILedgerRecords.Valuation memory valuation
    ) private pure returns (ILedgerRecords.Valuation memory) {
        valuation.study = study;
        return valuation;
    }

    function _expectNotCommitted(ILedgerRecords.Valuation memory valuation) private {
        vm.expectRevert(
            abi.encodeWithSelector(
                ILedgerErrors.NotTheCommitment.selector,
                valuation.study,
                valuation.evaluator,
                _hash(valuation)
            )
        );
        ledger.reveal(valuation);
    }
}
