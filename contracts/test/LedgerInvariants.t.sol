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
    address[] private members;

    function setUp() public {
        handler = new LedgerHandler();
        handler.setUp();
        ledger = ILedger(handler.ledgerAddress());
        rebuilt = handler.REBUILT();
        members = handler.members();
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
        for (uint8 kind = 0; kind < 6; ++kind) accepted += handler.accepted(kind);
        assert(entries == accepted);
    }

    /// @dev I2, I3, I4, I6, I7, I11, I12, I14, I15: none was seen broken during a call.
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

    /// @dev I5, I22: and so for every participant, among it all that joining once wrote for ever.
    function invariant_I22_eventsRebuildParticipants() public view {
        for (uint256 i = 0; i < handler.studyCount(); ++i) {
            bytes32 study = handler.studies(i);
            for (uint256 j = 0; j < members.length; ++j) {
                ILedgerRecords.ParticipantStatus memory stored = ledger.participantOf(study, members[j]);
                assert(_same(abi.encode(stored), abi.encode(rebuilt.participantOf(study, members[j]))));
            }
            for (uint16 position = 0; position < ledger.studyOf(study).participants; ++position) {
                assert(ledger.participantAt(study, position) == rebuilt.participantAt(study, position));
            }
        }
    }

    /// @dev Epsilon within the budget, rounds within the study, participants within the maximum.
    function invariant_I14_boundsHold() public view {
        for (uint256 i = 0; i < handler.studyCount(); ++i) {
            ILedgerRecords.StudyStatus memory study = ledger.studyOf(handler.studies(i));
            assert(study.participants < study.maximumMembers + 1);
            for (uint256 j = 0; j < members.length; ++j) {
                ILedgerRecords.ParticipantStatus memory participant = ledger.participantOf(handler.studies(i), members[j]);
                assert(participant.epsilonMicros < study.epsilonBudgetMicros + 1);
                assert(participant.nextRound < study.rounds + 2);
            }
        }
    }

    /// @dev I15: the ledger holds no money.
    function invariant_I15_holdsNoEther() public view {
        assert(address(ledger).balance == 0);
    }

    /// @dev The invariants prove nothing unless the handler gets somewhere: one long run must reach every kind of entry.
    function test_handler_reachesEveryKindOfEntry() public {
        for (uint256 i = 0; i < 900; ++i) {
            uint256 seed = uint256(keccak256(abi.encode(i)));
            (bool called, ) = address(handler).call(_call(seed % 8, seed >> 8, seed >> 32, seed >> 64));
            called;
        }
        for (uint8 kind = 0; kind < 6; ++kind) assert(handler.accepted(kind) != 0);
        assert(handler.accepted(2) > 40 && handler.accepted(3) > 10);
    }

    function _call(uint256 choice, uint256 who, uint256 which, uint256 seed) private pure returns (bytes memory) {
        if (choice == 0) return abi.encodeCall(LedgerHandler.open, (seed));
        if (choice == 1) return abi.encodeCall(LedgerHandler.join, (who, which));
        if (choice == 2) return abi.encodeCall(LedgerHandler.withdraw, (who, which));
        if (choice == 3) return abi.encodeCall(LedgerHandler.close, (which));
        if (choice == 4) return abi.encodeCall(LedgerHandler.toggleMember, (who));
        if (choice == 5) return abi.encodeCall(LedgerHandler.contribute, (who, which, seed));
        if (choice == 6) return abi.encodeCall(LedgerHandler.contributeSigned, (who, which, seed));
        return abi.encodeCall(LedgerHandler.reveal, (who, which));
    }

    function _same(bytes memory left, bytes memory right) private pure returns (bool) {
        return keccak256(left) == keccak256(right);
    }
}
