// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ILedger} from "../ILedger.sol";
import {ILedgerErrors} from "../ILedgerErrors.sol";
import {ILedgerEvents} from "../ILedgerEvents.sol";
import {ILedgerRecords} from "../ILedgerRecords.sol";
import {LedgerFixture} from "./LedgerFixture.sol";
import {vm} from "./Vm.sol";

contract ContributionsTest is LedgerFixture {
    function setUp() public override {
        super.setUp();
        _join(ALICE);
        _join(BOB);
    }

    function test_contribute_isRecorded() public {
        _contribute(_contribution(ALICE, 0));
        ILedgerRecords.Contribution memory c = _contribution(ALICE, 1);
        bytes32 head = _nextHead(_headOf(STUDY), 2, _hash(c));
        vm.expectEmit(address(ledger));
        emit ILedgerEvents.Contributed(
            STUDY, 4, head, 1, ALICE, c.base, c.recipe, c.update, c.samples, c.epsilonMicros, c.metrics, c.scoreCommitment
        );
        _contribute(c);

        ILedgerRecords.ParticipantStatus memory alice = ledger.participantOf(STUDY, ALICE);
        assert(alice.nextRound == 2 && alice.epsilonMicros == c.epsilonMicros);
        assert(alice.lastBlock == block.number && alice.endRound == ROUNDS + 1);
        assert(ledger.studyOf(STUDY).entryCount == 5 && _headOf(STUDY) == head);
    }

    function testFuzz_contribute_revertsIfSentByAnother(address sender) public {
        vm.assume(sender != ALICE);
        vm.prank(sender);
        vm.expectRevert(abi.encodeWithSelector(ILedgerErrors.NotTheMember.selector, sender, ALICE));
        ledger.contribute(_contribution(ALICE, 0));
    }

    function test_contribute_revertsIfClosed() public {
        ledger.closeStudy(STUDY);
        _expectRefused(
            _contribution(ALICE, 0),
            abi.encodeWithSelector(ILedgerErrors.StudyNotOpen.selector, STUDY, ILedgerRecords.StudyState.Closed)
        );
    }

    function test_contribute_revertsIfUnknown() public {
        ILedgerRecords.Contribution memory contribution = _contribution(ALICE, 0);
        contribution.study = keccak256("unknown");
        _expectRefused(
            contribution,
            abi.encodeWithSelector(ILedgerErrors.StudyNotOpen.selector, contribution.study, ILedgerRecords.StudyState.None)
        );
    }

    function test_contribute_revertsIfNotParticipant() public {
        _expectRefused(_contribution(CAROL, 0), abi.encodeWithSelector(ILedgerErrors.NotParticipant.selector, STUDY, CAROL));
    }

    function test_contribute_revertsIfWithdrawn() public {
        vm.prank(ALICE);
        ledger.withdraw(STUDY);
        _expectRefused(_contribution(ALICE, 0), abi.encodeWithSelector(ILedgerErrors.RoundAfterEnd.selector, 0, 0));
    }

    function test_contribute_revertsIfRoundRecorded() public {
        _contribute(_contribution(ALICE, 1));
        _expectRoundPassed(_contribution(ALICE, 1), 2);
        _expectRoundPassed(_contribution(ALICE, 0), 2);
        ILedgerRecords.Contribution memory another = _contribution(ALICE, 1);
        another.update = keccak256("another update");
        _expectRoundPassed(another, 2);
    }

    function test_contribute_allowsSkippedRounds() public {
        _contribute(_contribution(ALICE, 0));
        _contribute(_contribution(ALICE, 3));
        assert(ledger.participantOf(STUDY, ALICE).nextRound == 4);
    }

    function testFuzz_contribute_revertsIfBeyondStudy(uint32 round) public {
        vm.assume(round > ROUNDS);
        ILedgerRecords.Contribution memory contribution = _closing(ALICE);
        contribution.round = round;
        _expectRefused(contribution, abi.encodeWithSelector(ILedgerErrors.RoundBeyondStudy.selector, round, ROUNDS));
    }

    function test_contribute_revertsIfAfterClosingRound() public {
        ILedgerRecords.Contribution memory contribution = _closing(ALICE);
        contribution.round = ROUNDS + 1;
        _expectRefused(
            contribution,
            abi.encodeWithSelector(ILedgerErrors.RoundBeyondStudy.selector, ROUNDS + 1, ROUNDS)
        );
    }

    function test_contribute_takesClosingRecordOnce() public {
        _contribute(_contribution(ALICE, 3));
        _contribute(_closing(ALICE));
        assert(ledger.participantOf(STUDY, ALICE).nextRound == ROUNDS + 1);
        _expectRoundPassed(_closing(ALICE), ROUNDS + 1);
        _expectRoundPassed(_contribution(ALICE, 3), ROUNDS + 1);
    }

    function test_contribute_revertsIfClosingRecordTrained() public {
        bytes memory refusal = abi.encodeWithSelector(ILedgerErrors.TrainedAfterLastRound.selector);
        ILedgerRecords.Contribution memory contribution = _closing(ALICE);
        contribution.update = keccak256("update");
        _expectRefused(contribution, refusal);
        contribution = _closing(ALICE);
        contribution.samples = 1;
        _expectRefused(contribution, refusal);
    }

    function test_contribute_revertsIfNothingTrained() public {
        bytes memory refusal = abi.encodeWithSelector(ILedgerErrors.NothingTrained.selector);
        ILedgerRecords.Contribution memory contribution = _contribution(ALICE, 0);
        contribution.update = 0;
        _expectRefused(contribution, refusal);
        contribution = _contribution(ALICE, 3);
        contribution.samples = 0;
        _expectRefused(contribution, refusal);
    }

    function test_contribute_revertsIfNoBase() public {
        bytes memory refusal = abi.encodeWithSelector(ILedgerErrors.ZeroBase.selector);
        ILedgerRecords.Contribution memory contribution = _contribution(ALICE, 0);
        contribution.base = 0;
        _expectRefused(contribution, refusal);
        contribution = _closing(ALICE);
        contribution.base = 0;
        _expectRefused(contribution, refusal);
    }

    function test_contribute_revertsIfRecipeInFirstRound() public {
        ILedgerRecords.Contribution memory contribution = _contribution(ALICE, 0);
        contribution.recipe = keccak256("recipe");
        _expectRefused(contribution, abi.encodeWithSelector(ILedgerErrors.RecipeInFirstRound.selector));
    }

    function test_contribute_revertsIfScoresInFirstRound() public {
        ILedgerRecords.Contribution memory contribution = _contribution(ALICE, 0);
        contribution.scoreCommitment = keccak256("scores");
        _expectRefused(contribution, abi.encodeWithSelector(ILedgerErrors.ScoresInFirstRound.selector));
    }

    function testFuzz_contribute_revertsIfEpsilonFell(uint64 before, uint64 later) public {
        before = uint64(before % (BUDGET + 1));
        vm.assume(later < before);
        ILedgerRecords.Contribution memory contribution = _contribution(ALICE, 0);
        contribution.epsilonMicros = before;
        _contribute(contribution);
        contribution = _contribution(ALICE, 1);
        contribution.epsilonMicros = later;
        _expectRefused(contribution, abi.encodeWithSelector(ILedgerErrors.EpsilonFell.selector, later, before));
    }

    function testFuzz_contribute_revertsIfEpsilonOverBudget(uint64 epsilonMicros) public {
        vm.assume(epsilonMicros > BUDGET);
        ILedgerRecords.Contribution memory contribution = _contribution(ALICE, 0);
        contribution.epsilonMicros = epsilonMicros;
        _expectRefused(
            contribution,
            abi.encodeWithSelector(ILedgerErrors.EpsilonOverBudget.selector, epsilonMicros, BUDGET)
        );
    }

    function test_contribute_takesEpsilonUpToBudget() public {
        ILedgerRecords.Contribution memory contribution = _contribution(ALICE, 0);
        contribution.epsilonMicros = BUDGET;
        _contribute(contribution);
        contribution = _contribution(ALICE, 1);
        contribution.epsilonMicros = BUDGET;
        _contribute(contribution);
    }

    function test_contribute_revertsIfEpsilonWithoutBudget() public {
        ILedgerRecords.OpenStudy memory opening = _opening(keccak256("no privacy"));
        opening.epsilonBudgetMicros = 0;
        ledger.openStudy(opening);
        _joinWith(ALICE_KEY, _consent(opening.study, ALICE));
        ILedgerRecords.Contribution memory contribution = _contribution(ALICE, 0);
        contribution.study = opening.study;
        contribution.epsilonMicros = 1;
        _expectRefused(contribution, abi.encodeWithSelector(ILedgerErrors.EpsilonOverBudget.selector, 1, 0));
        contribution.epsilonMicros = 0;
        _contribute(contribution);
    }

    /// @dev Fields wider than their type must not reach the hash: the record would have two encodings.
    function test_contribute_revertsOnDirtyCalldata() public {
        bytes memory call = abi.encodeCall(ILedger.contribute, (_contribution(ALICE, 0)));
        for (uint256 word = 0; word < 10; ++word) {
            if (word != 1 && word != 2 && word != 6 && word != 7) continue;
            bytes memory dirty = bytes.concat(call);
            dirty[4 + 32 * word] = 0x01;
            vm.prank(ALICE);
            (bool accepted, ) = address(ledger).call(dirty);
            assert(!accepted);
        }
        vm.prank(ALICE);
        (bool clean, ) = address(ledger).call(call);
        assert(clean);
    }

    function _expectRoundPassed(ILedgerRecords.Contribution memory contribution, uint32 nextRound) private {
        _expectRefused(
            contribution,
            abi.encodeWithSelector(
                ILedgerErrors.RoundAlreadyPassed.selector,
                STUDY,
                contribution.member,
                contribution.round,
                nextRound
            )
        );
    }

    function _expectRefused(ILedgerRecords.Contribution memory contribution, bytes memory refusal) private {
        vm.prank(contribution.member);
        vm.expectRevert(refusal);
        ledger.contribute(contribution);
    }
}
