// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ILedger} from "../ILedger.sol";
import {ILedgerRecords} from "../ILedgerRecords.sol";
import {LedgerHandler} from "./LedgerHandler.sol";
import {RebuiltLog} from "./RebuiltLog.sol";

/// @dev The numbers are those of the project's list of contract invariants.
contract LedgerInvariantsTest {
    LedgerHandler private handler;
    ILedger private ledger;
    RebuiltLog private rebuilt;

    function setUp() public {
        handler = new LedgerHandler();
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
        uint256 entries = 0;
        for (uint256 i = 0; i < handler.studyCount(); ++i) entries += ledger.studyOf(handler.studies(i)).entryCount;
        uint256 accepted = 0;
        for (uint8 kind = 0; kind < 9; ++kind) accepted += handler.accepted(kind);
        assert(entries == accepted);
    }

    /// @dev I2, I3, I4, I6, I7, I9, I11, I12, I14, I15: none was seen broken during a call.
    function invariant_noPromiseWasBroken() public view {
        assert(handler.violations() == 0);
    }

    /// @dev I4, I22: what the events say is what the contract stores, heads included.
    function invariant_I22_eventsRebuildStudies() public view {
        for (uint256 i = 0; i < handler.studyCount(); ++i) {
            bytes32 study = handler.studies(i);
            assert(_same(abi.encode(ledger.studyOf(study)), abi.encode(rebuilt.studyOf(study))));
        }
    }

    /// @dev I5, I22: and so for every participant, among it all that joining once wrote.
    function invariant_I22_eventsRebuildParticipants() public view {
        for (uint256 i = 0; i < handler.studyCount(); ++i) {
            bytes32 study = handler.studies(i);
            for (uint16 position = 0; position < ledger.studyOf(study).participants; ++position) {
                address account = ledger.participantAt(study, position);
                assert(account == rebuilt.accountAt(study, position));
                ILedgerRecords.ParticipantStatus memory stored = ledger.participantOf(study, account);
                assert(_same(abi.encode(stored), abi.encode(rebuilt.partAt(study, position))));
            }
        }
    }

    /// @dev I14: epsilon within the budget, rounds within the study, participants within the maximum.
    function invariant_I14_boundsHold() public view {
        for (uint256 i = 0; i < handler.studyCount(); ++i) {
            ILedgerRecords.StudyStatus memory study = ledger.studyOf(handler.studies(i));
            assert(study.participants < study.maximumMembers + 1);
            for (uint256 position = 0; position < study.participants; ++position) {
                ILedgerRecords.ParticipantStatus memory part = rebuilt.partAt(handler.studies(i), position);
                assert(part.epsilonMicros < study.epsilonBudgetMicros + 1);
                assert(part.nextRound < study.rounds + 2 && part.endRound < study.rounds + 2);
            }
        }
    }

    /// @dev I15: the ledger holds no money.
    function invariant_I15_holdsNoEther() public view {
        assert(address(ledger).balance == 0);
    }

    /// @dev The control: a handler that calls itself broken is found out.
    function test_control_brokenPromiseIsSeen() public {
        handler.breakForControl();
        assert(handler.violations() != 0);
    }

    /// @dev The invariants prove nothing unless the handler gets somewhere: one long run must reach every kind of entry.
    function test_handler_reachesEveryKindOfEntry() public {
        for (uint256 i = 0; i < 2500; ++i) {
            uint256 seed = uint256(keccak256(abi.encode(i)));
            (bool called, ) = address(handler).call(_call(seed % 14, seed >> 8, seed >> 32, seed >> 64));
            called;
        }
        for (uint8 kind = 0; kind < 9; ++kind) assert(handler.accepted(kind) != 0);
        assert(handler.accepted(2) > 40 && handler.accepted(3) > 5 && handler.accepted(1) > 5);
    }

    function _call(uint256 choice, uint256 who, uint256 which, uint256 seed) private pure returns (bytes memory) {
        if (choice == 0) return abi.encodeCall(LedgerHandler.open, (seed));
        if (choice == 1) return abi.encodeCall(LedgerHandler.join, (who, which));
        if (choice == 2) return abi.encodeCall(LedgerHandler.withdraw, (who, which));
        if (choice == 3) return abi.encodeCall(LedgerHandler.close, (which));
        if (choice == 4) return abi.encodeCall(LedgerHandler.toggleMember, (who));
        if (choice == 5) return abi.encodeCall(LedgerHandler.contribute, (who, which, seed));
        if (choice == 6) return abi.encodeCall(LedgerHandler.contributeSigned, (who, which, seed));
        if (choice == 7) return abi.encodeCall(LedgerHandler.reveal, (who, which));
        if (choice == 8) return abi.encodeCall(LedgerHandler.exclude, (who, which));
        if (choice == 9) return abi.encodeCall(LedgerHandler.rotate, (who));
        if (choice == 10) return abi.encodeCall(LedgerHandler.equivocate, (who, which, seed));
        if (choice == 11) return abi.encodeCall(LedgerHandler.checkpoint, (which, who));
        if (choice == 12) return abi.encodeCall(LedgerHandler.reveal, (who, which));
        return abi.encodeCall(LedgerHandler.contribute, (who, which, seed));
    }

    function _same(bytes memory left, bytes memory right) private pure returns (bool) {
        return keccak256(left) == keccak256(right);
    }
}
