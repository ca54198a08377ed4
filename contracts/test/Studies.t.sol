// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAccessControl} from "@openzeppelin/contracts/access/IAccessControl.sol";
import {ILedger} from "../ILedger.sol";
import {ILedgerErrors} from "../ILedgerErrors.sol";
import {ILedgerEvents} from "../ILedgerEvents.sol";
import {ILedgerRecords} from "../ILedgerRecords.sol";
import {IMembership} from "../IMembership.sol";
import {newLedger} from "./Deployed.sol";
import {LedgerFixture} from "./LedgerFixture.sol";
import {vm} from "./Vm.sol";

contract StudiesTest is LedgerFixture {
    bytes32 private constant OTHER = keccak256("another manifest");

    function test_constructor_revertsIfMembershipHasNoCode() public {
        vm.expectRevert(abi.encodeWithSelector(ILedgerErrors.MembershipHasNoCode.selector, STRANGER));
        newLedger(IMembership(STRANGER), WINDOW);
    }

    function test_openStudy_startsLogBoundToChainAndContract() public {
        bytes32 structHash = keccak256(
            abi.encode(
                keccak256(
                    "OpenStudy(bytes32 study,uint32 rounds,uint16 maximumMembers,uint32 stalenessBound,uint64 epsilonBudgetMicros,uint64 deltaBudgetPicos)"
                ),
                OTHER,
                ROUNDS,
                MAXIMUM_MEMBERS,
                STALENESS,
                BUDGET,
                DELTA
            )
        );
        bytes32 head = _nextHead(_initialHead(OTHER), 0, structHash);
        vm.expectEmit(address(ledger));
        emit ILedgerEvents.Opened(OTHER, 0, head, ROUNDS, MAXIMUM_MEMBERS, STALENESS, BUDGET, DELTA);
        ledger.openStudy(_opening(OTHER));

        ILedgerRecords.StudyStatus memory study = ledger.studyOf(OTHER);
        assert(study.rounds == ROUNDS && study.maximumMembers == MAXIMUM_MEMBERS);
        assert(study.epsilonBudgetMicros == BUDGET && study.participants == 0);
        assert(study.stalenessBound == STALENESS && study.deltaBudgetPicos == DELTA);
        assert(study.entryCount == 1 && study.head == head && study.state == ILedgerRecords.StudyState.Open);
    }

    function testFuzz_openStudy_revertsWithoutRole(address sender) public {
        vm.assume(sender != address(this));
        bytes32 role = membership.STUDY_ROLE();
        vm.prank(sender);
        vm.expectRevert(
            abi.encodeWithSelector(IAccessControl.AccessControlUnauthorizedAccount.selector, sender, role)
        );
        ledger.openStudy(_opening(OTHER));
    }

    function test_openStudy_revertsIfZero() public {
        vm.expectRevert(ILedgerErrors.ZeroStudy.selector);
        ledger.openStudy(_opening(0));
    }

    function test_openStudy_revertsIfOpen() public {
        vm.expectRevert(abi.encodeWithSelector(ILedgerErrors.StudyExists.selector, STUDY));
        ledger.openStudy(_opening(STUDY));
    }

    function test_openStudy_revertsIfClosed() public {
        ledger.closeStudy(STUDY);
        vm.expectRevert(abi.encodeWithSelector(ILedgerErrors.StudyExists.selector, STUDY));
        ledger.openStudy(_opening(STUDY));
    }

    function test_openStudy_revertsIfRoundsOutOfRange() public {
        _expectRoundsRefused(0);
        _expectRoundsRefused(100_001);
        _expectRoundsRefused(type(uint32).max);
        ILedgerRecords.OpenStudy memory opening = _opening(OTHER);
        opening.rounds = 100_000;
        ledger.openStudy(opening);
        opening.study = keccak256("one round");
        opening.rounds = 1;
        ledger.openStudy(opening);
    }

    function testFuzz_openStudy_revertsIfMaximumMembersOutOfRange(uint16 maximumMembers) public {
        vm.assume(maximumMembers == 0 || maximumMembers > 64);
        _expectMaximumMembersRefused(maximumMembers);
    }

    function test_openStudy_takes64MembersAtTheMost() public {
        _expectMaximumMembersRefused(0);
        _expectMaximumMembersRefused(65);
        ILedgerRecords.OpenStudy memory opening = _opening(OTHER);
        opening.maximumMembers = 64;
        ledger.openStudy(opening);
        assert(ledger.studyOf(OTHER).maximumMembers == ledger.MAXIMUM_MEMBERS());
    }

    function test_closeStudy_isRecorded() public {
        bytes32 structHash = keccak256(abi.encode(keccak256("Closed(bytes32 study)"), STUDY));
        bytes32 open = keccak256(abi.encode(_headOf(STUDY), uint8(5), structHash));
        bytes32 head = _headWord(open, 2, 2);
        vm.expectEmit(address(ledger));
        emit ILedgerEvents.Closed(STUDY, 1, head);
        ledger.closeStudy(STUDY);
        assert(ledger.studyOf(STUDY).state == ILedgerRecords.StudyState.Closed && _headOf(STUDY) == head);
    }

    function test_closeStudy_revertsIfClosed() public {
        ledger.closeStudy(STUDY);
        _expectClosed();
        ledger.closeStudy(STUDY);
    }

    function testFuzz_closeStudy_revertsWithoutRole(address sender) public {
        vm.assume(sender != address(this));
        bytes32 role = membership.STUDY_ROLE();
        vm.prank(sender);
        vm.expectRevert(
            abi.encodeWithSelector(IAccessControl.AccessControlUnauthorizedAccount.selector, sender, role)
        );
        ledger.closeStudy(STUDY);
    }

    function test_participantAt_revertsBeyondParticipants() public {
        _join(ALICE);
        vm.expectRevert(abi.encodeWithSelector(ILedgerErrors.NoSuchPosition.selector, STUDY, 1));
        ledger.participantAt(STUDY, 1);
    }

    function testFuzz_studyOf_isAllZeroIfUnknown(bytes32 study) public view {
        vm.assume(study != STUDY);
        ILedgerRecords.StudyStatus memory none;
        assert(keccak256(abi.encode(ledger.studyOf(study))) == keccak256(abi.encode(none)));
    }

    function test_ledger_takesNoEther() public {
        vm.deal(address(this), 1 ether);
        (bool accepted, ) = address(ledger).call{value: 1}("");
        assert(!accepted);
        (accepted, ) = address(ledger).call{value: 1}(abi.encodeCall(ILedger.closeStudy, (STUDY)));
        assert(!accepted && address(ledger).balance == 0);
    }

    function testFuzz_ledger_revertsOnUnknownSelector(bytes4 selector, bytes calldata rest) public {
        vm.assume(selector != ILedger.closeStudy.selector);
        (bool accepted, bytes memory answer) = address(ledger).call(bytes.concat(selector, rest));
        assert(!accepted || answer.length != 0);
    }

    /// @dev I8: closing stops writes only; every view still answers.
    function test_closeStudy_leavesViews() public {
        _join(ALICE);
        bytes32 part = keccak256(abi.encode(ledger.participantOf(STUDY, ALICE)));
        ledger.closeStudy(STUDY);
        assert(keccak256(abi.encode(ledger.participantOf(STUDY, ALICE))) == part);
        assert(ledger.participantAt(STUDY, 0) == ALICE && ledger.studyOf(STUDY).entryCount == 3);
        assert(address(ledger.membership()) == address(membership) && ledger.domainSeparator() != 0);
    }

    /// @dev What wallets and other implementations rely on, written out.
    function test_domain_isTheOneThatIsDocumented() public view {
        bytes32 domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256("Consilium"),
                keccak256("1"),
                block.chainid,
                address(ledger)
            )
        );
        assert(ledger.domainSeparator() == domain);
        assert(membership.ADMISSION_ROLE() == keccak256("ADMISSION_ROLE"));
        assert(membership.STUDY_ROLE() == keccak256("STUDY_ROLE"));
        assert(ledger.MAXIMUM_BATCH() == 64 && ledger.MAXIMUM_MEMBERS() == 64 && ledger.MAXIMUM_ROUNDS() == 100_000);
        assert(ledger.MAXIMUM_SCORE_WORDS() == 8 && ledger.REVEAL_WINDOW_BLOCKS() == WINDOW);
        assert(ledger.SUCCESSOR_DELAY() == 2 days);
    }

    /// @dev The administrator grants the role; it does not have it.
    function test_openStudy_revertsForAdministratorWithoutRole() public {
        membership.renounceRole(membership.STUDY_ROLE(), address(this));
        vm.expectPartialRevert(IAccessControl.AccessControlUnauthorizedAccount.selector);
        ledger.openStudy(_opening(OTHER));
    }

    function test_constructor_revertsWithoutRevealWindow() public {
        vm.expectRevert(ILedgerErrors.ZeroRevealWindow.selector);
        newLedger(IMembership(address(membership)), 0);
    }

    function _expectRoundsRefused(uint32 rounds) private {
        ILedgerRecords.OpenStudy memory opening = _opening(OTHER);
        opening.rounds = rounds;
        vm.expectRevert(abi.encodeWithSelector(ILedgerErrors.RoundsOutOfRange.selector, rounds));
        ledger.openStudy(opening);
    }

    function _expectMaximumMembersRefused(uint16 maximumMembers) private {
        ILedgerRecords.OpenStudy memory opening = _opening(OTHER);
        opening.maximumMembers = maximumMembers;
        vm.expectRevert(abi.encodeWithSelector(ILedgerErrors.MaximumMembersOutOfRange.selector, maximumMembers));
        ledger.openStudy(opening);
    }

    function _expectClosed() private {
        vm.expectRevert(
            abi.encodeWithSelector(ILedgerErrors.StudyNotOpen.selector, STUDY, ILedgerRecords.StudyState.Closed)
        );
    }
}
