// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ILedger} from "../ILedger.sol";
import {ILedgerRecords} from "../ILedgerRecords.sol";
import {BrokenHandler} from "./BrokenHandler.sol";
import {create} from "./Deployed.sol";
import {HonestCalls} from "./HonestCalls.sol";
import {LedgerHandler} from "./LedgerHandler.sol";
import {RebuiltLog} from "./RebuiltLog.sol";

/// @dev The numbers are those of the project's list of contract invariants. I16 (no call to untrusted code), I17 (gas),
/// I18 (equality with TypeScript), I20 (batches) and I23 (no text) have tests of their own.
contract LedgerInvariantsTest {
    LedgerHandler private handler;
    ILedger private ledger;
    RebuiltLog private rebuilt;

    function setUp() public {
        handler = LedgerHandler(create("LedgerHandler.sol:LedgerHandler", ""));
        handler.setUp();
        ledger = ILedger(handler.ledgerAddress());
        rebuilt = handler.REBUILT();
    }

    function targetContracts() public view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(handler);
    }

    /// @dev I1: the logs grow by one for every accepted call, and by nothing else.
    function invariant_I1_logsGrowByOnePerAcceptedCall() public view {
        _requireI1();
    }

    /// @dev I2 to I15, I19, I21: none was seen broken during a call.
    function invariant_noPromiseWasBroken() public view {
        assert(handler.violations() == 0);
    }

    /// @dev I5, I8: what a closed study said when it was closed, it says for ever.
    function invariant_I5_closedStudiesNeverChange() public view {
        for (uint256 i = 0; i < handler.studyCount(); ++i) {
            bytes32 study = handler.studies(i);
            bytes32 closedAs = handler.closedAs(study);
            assert(closedAs == 0 || closedAs == handler.digestOf(study));
        }
    }

    /// @dev I4, I22: what the events say is what the contract stores, heads, participants and successor included.
    function invariant_I22_eventsRebuildEverything() public view {
        _requireI22();
    }

    /// @dev I14: epsilon within the budget, rounds within the study, participants within the maximum.
    function invariant_I14_boundsHold() public view {
        address[] memory accounts = handler.accounts();
        for (uint256 i = 0; i < handler.studyCount(); ++i) {
            ILedgerRecords.StudyStatus memory study = ledger.studyOf(handler.studies(i));
            assert(study.participants <= study.maximumMembers);
            assert(uint32(uint256(study.head)) == study.entryCount);
            for (uint256 j = 0; j < accounts.length; ++j) {
                ILedgerRecords.ParticipantStatus memory part = ledger.participantOf(handler.studies(i), accounts[j]);
                assert(part.epsilonMicros <= study.epsilonBudgetMicros);
                assert(part.endRound <= study.rounds + 1 && part.nextRound <= part.endRound);
            }
        }
    }

    /// @dev I15: the ledger holds no money.
    function invariant_I15_holdsNoEther() public view {
        assert(address(ledger).balance == 0);
    }

    /// @dev The control: a broken promise fails the invariant.
    function test_control_brokenPromiseIsSeen() public {
        BrokenHandler broken = BrokenHandler(create("BrokenHandler.sol:BrokenHandler", ""));
        handler = broken;
        this.invariant_noPromiseWasBroken();
        broken.breakPromise();
        assert(handler.violations() == 2);
        try this.invariant_noPromiseWasBroken() {
            assert(false);
        } catch Panic(uint256 code) {
            assert(code == 1);
        }
    }

    /// @dev The invariants prove nothing unless the handler gets somewhere: one long run must reach every kind of entry.
    function test_handler_reachesEveryKindOfEntry() public {
        for (uint256 i = 0; i < 1500; ++i) {
            uint256 seed = uint256(keccak256(abi.encode(i)));
            (bool called, ) = address(handler).call(_call(seed % 14, seed >> 8, seed >> 32, seed >> 64));
            called;
        }
        for (uint8 kind = 0; kind < 9; ++kind) assert(handler.accepted(kind) != 0);
        assert(handler.accepted(1) > 12 && handler.accepted(2) > 60 && handler.accepted(3) > 20);
        assert(handler.violations() == 0);
        _requireI1();
        _requireI22();
    }

    function _call(uint256 choice, uint256 who, uint256 which, uint256 seed) private pure returns (bytes memory) {
        if (choice == 0) return abi.encodeCall(HonestCalls.join, (who, which, seed));
        if (choice == 1) return abi.encodeCall(HonestCalls.withdraw, (who, which, seed));
        if (choice == 2) return abi.encodeCall(HonestCalls.close, (which, seed));
        if (choice == 3) return abi.encodeCall(HonestCalls.administerMember, (who, seed));
        if (choice == 4) return abi.encodeCall(HonestCalls.exclude, (who, which, seed));
        if (choice == 5) return abi.encodeCall(HonestCalls.checkpoint, (which, seed));
        if (choice == 6) return abi.encodeCall(HonestCalls.reportEquivocation, (which, seed));
        if (choice == 7) return abi.encodeCall(HonestCalls.open, (seed));
        if (choice == 8) return abi.encodeCall(HonestCalls.reveal, (which, seed));
        if (choice == 9) return abi.encodeCall(LedgerHandler.replay, (which, seed));
        if (choice == 10) return abi.encodeCall(HonestCalls.contributeSigned, (who, which, seed));
        return abi.encodeCall(HonestCalls.contribute, (who, which, seed));
    }

    function _requireI1() private view {
        uint256 entries = 0;
        for (uint256 i = 0; i < handler.studyCount(); ++i) entries += ledger.studyOf(handler.studies(i)).entryCount;
        uint256 accepted = 0;
        for (uint8 kind = 0; kind < 9; ++kind) accepted += handler.accepted(kind);
        assert(entries == accepted);
    }

    function _requireI22() private view {
        address[] memory accounts = handler.accounts();
        for (uint256 i = 0; i < handler.studyCount(); ++i) {
            bytes32 study = handler.studies(i);
            assert(_same(abi.encode(ledger.studyOf(study)), abi.encode(rebuilt.studyOf(study))));
            for (uint256 j = 0; j < accounts.length; ++j) {
                ILedgerRecords.ParticipantStatus memory stored = ledger.participantOf(study, accounts[j]);
                assert(_same(abi.encode(stored), abi.encode(rebuilt.participantOf(study, accounts[j]))));
            }
            for (uint16 position = 0; position < ledger.studyOf(study).participants; ++position) {
                assert(ledger.participantAt(study, position) == rebuilt.accountAt(study, position));
            }
        }
        (address named, uint64 effective) = ledger.namedSuccessor();
        (address rebuiltNamed, uint64 rebuiltEffective) = rebuilt.namedSuccessor();
        assert(named == rebuiltNamed && effective == rebuiltEffective);
    }

    function _same(bytes memory left, bytes memory right) private pure returns (bool) {
        return keccak256(left) == keccak256(right);
    }
}
