// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAccessControl} from "@openzeppelin/contracts/access/IAccessControl.sol";
import {
    IAccessControlDefaultAdminRules
} from "@openzeppelin/contracts/access/extensions/IAccessControlDefaultAdminRules.sol";
import {ILedger} from "../ILedger.sol";
import {ILedgerErrors} from "../ILedgerErrors.sol";
import {ILedgerRecords} from "../ILedgerRecords.sol";
import {IMembership} from "../IMembership.sol";
import {newLedger} from "./Deployed.sol";
import {LedgerFixture} from "./LedgerFixture.sol";
import {vm} from "./Vm.sol";

/// @dev Every function that changes anything, called by everybody that there is. A test in TypeScript sees to it that no
/// function of the contracts' interfaces is missing here.
contract RoleMatrixTest is LedgerFixture {
    address private constant ADMISSION = address(0xAD31);
    address private constant STUDIES = address(0x57D1);
    address private constant PENDING = address(0xBE4D);
    uint256 private constant OLD_KEY = 0x01D;
    bytes32 private constant NEW_STUDY = keccak256("new");

    /// @dev In this order: a stranger, a participant, a suspended, a removed one, an old key, who admits, who opens
    /// studies, the administrator, the ledger itself, the pending administrator.
    uint256 private constant CALLERS = 10;

    struct Row {
        address target;
        bytes call;
        /// Bit n is set if caller n may.
        uint256 allowed;
    }

    function setUp() public override {
        super.setUp();
        membership.grantRole(membership.ADMISSION_ROLE(), ADMISSION);
        membership.grantRole(membership.STUDY_ROLE(), STUDIES);
        membership.renounceRole(membership.ADMISSION_ROLE(), address(this));
        membership.renounceRole(membership.STUDY_ROLE(), address(this));
        vm.prank(ADMISSION);
        membership.admit(vm.addr(OLD_KEY));
        vm.prank(STUDIES);
        ILedgerRecords.OpenStudy memory opening = _opening(keccak256("matrix"));
        opening.maximumMembers = 10;
        ledger.openStudy(opening);
        _joinMatrix(ALICE_KEY);
        _joinMatrix(BOB_KEY);
        _joinMatrix(CAROL_KEY);
        _joinMatrix(OLD_KEY);
        vm.startPrank(ADMISSION);
        membership.suspend(BOB);
        membership.remove(CAROL);
        membership.rotate(vm.addr(OLD_KEY), vm.addr(0x01E));
        vm.stopPrank();
        membership.beginDefaultAdminTransfer(PENDING);
        vm.warp(block.timestamp + 3 days);
    }

    function test_everyCallerByEveryFunction() public {
        Row[] memory rows = _rows();
        for (uint256 r = 0; r < rows.length; ++r) {
            for (uint256 caller = 0; caller < CALLERS; ++caller) {
                uint256 before = vm.snapshotState();
                vm.prank(_caller(caller));
                (bool done, bytes memory answer) = rows[r].target.call(rows[r].call);
                assert(done == (rows[r].allowed & (1 << caller) != 0));
                if (!done) assert(_isRefusal(bytes4(answer)));
                assert(vm.revertToState(before));
            }
        }
    }

    /// @dev Contributions name the caller, so that only standing decides.
    function test_everyCallerByContribute() public {
        for (uint256 caller = 0; caller < CALLERS; ++caller) {
            ILedgerRecords.Contribution memory contribution = _contribution(_caller(caller), 0);
            contribution.study = keccak256("matrix");
            vm.prank(_caller(caller));
            (bool done, bytes memory answer) = address(ledger).call(abi.encodeCall(ILedger.contribute, (contribution)));
            assert(done == (caller == 1));
            if (!done) assert(_isRefusal(bytes4(answer)));
        }
    }

    function _rows() private returns (Row[] memory rows) {
        uint256 admission = 1 << 5;
        uint256 studies = 1 << 6;
        uint256 admin = 1 << 7;
        uint256 all = (1 << CALLERS) - 1;
        bytes32 role = membership.STUDY_ROLE();
        IAccessControlDefaultAdminRules rules = IAccessControlDefaultAdminRules(address(membership));
        rows = new Row[](26);
        address register = address(membership);
        rows[0] = Row(register, abi.encodeCall(IMembership.admit, (address(0x77))), admission);
        rows[1] = Row(register, abi.encodeCall(IMembership.suspend, (ALICE)), admission);
        rows[2] = Row(register, abi.encodeCall(IMembership.reinstate, (BOB)), admission);
        rows[3] = Row(register, abi.encodeCall(IMembership.remove, (ALICE)), admission);
        rows[4] = Row(register, abi.encodeCall(IMembership.rotate, (ALICE, address(0x77))), admission);
        rows[5] = Row(register, abi.encodeCall(IMembership.setGovernance, (_governance())), admin);
        rows[6] = Row(register, abi.encodeCall(IAccessControl.grantRole, (role, address(0x77))), admin);
        rows[7] = Row(register, abi.encodeCall(IAccessControl.revokeRole, (role, STUDIES)), admin);
        rows[8] = Row(register, abi.encodeCall(IAccessControl.renounceRole, (role, STUDIES)), studies);
        rows[9] = Row(register, abi.encodeCall(rules.beginDefaultAdminTransfer, (address(0x77))), admin);
        rows[10] = Row(register, abi.encodeCall(rules.cancelDefaultAdminTransfer, ()), admin);
        rows[11] = Row(register, abi.encodeCall(rules.acceptDefaultAdminTransfer, ()), 1 << 9);
        rows[12] = Row(register, abi.encodeCall(rules.changeDefaultAdminDelay, (5 days)), admin);
        rows[13] = Row(register, abi.encodeCall(rules.rollbackDefaultAdminDelay, ()), admin);
        rows[14] = Row(address(ledger), abi.encodeCall(ILedger.openStudy, (_opening(NEW_STUDY))), studies);
        rows[15] = Row(address(ledger), abi.encodeCall(ILedger.closeStudy, (STUDY)), studies);
        rows[16] = Row(address(ledger), _joinCall(), all);
        rows[17] = Row(address(ledger), abi.encodeCall(ILedger.withdraw, (keccak256("matrix"))), (1 << 1) | (1 << 2) | (1 << 3));
        rows[18] = Row(address(ledger), abi.encodeCall(ILedger.exclude, (keccak256("matrix"), BOB)), all);
        rows[19] = Row(address(ledger), _batchCall(), all);
        rows[20] = Row(address(ledger), abi.encodeCall(ILedger.reveal, (_committed())), all);
        rows[21] = Row(address(ledger), abi.encodeCall(ILedger.revealBatch, (new ILedgerRecords.Valuation[](0))), all);
        rows[22] = Row(address(ledger), _equivocationCall(), all);
        rows[23] = Row(address(ledger), _checkpointCall(), all);
        rows[24] = Row(address(ledger), abi.encodeCall(ILedger.nameSuccessor, (address(membership))), admin);
        rows[25] = Row(address(ledger), abi.encodeCall(ILedger.cancelSuccessor, ()), admin);
        ledger.nameSuccessor(address(newLedger(membership, WINDOW)));
        rows[24].allowed = 0; // one-shot: see Succession.t.sol for the administrator's first
    }

    function _caller(uint256 n) private view returns (address) {
        address[CALLERS] memory callers = [
            STRANGER,
            ALICE,
            BOB,
            CAROL,
            vm.addr(OLD_KEY),
            ADMISSION,
            STUDIES,
            address(this),
            address(ledger),
            PENDING
        ];
        return callers[n];
    }

    /// @dev Any of the errors that say who may; others would mean that a call of the matrix is wrong for another reason.
    function _isRefusal(bytes4 error_) private pure returns (bool) {
        return
            error_ == IAccessControl.AccessControlUnauthorizedAccount.selector ||
            error_ == IAccessControl.AccessControlBadConfirmation.selector ||
            error_ == IAccessControlDefaultAdminRules.AccessControlInvalidDefaultAdmin.selector ||
            error_ == ILedgerErrors.NotMember.selector ||
            error_ == ILedgerErrors.NotParticipant.selector ||
            error_ == ILedgerErrors.NotTheAdministrator.selector ||
            error_ == ILedgerErrors.BadSuccessor.selector;
    }

    function _joinMatrix(uint256 key) private {
        _joinWith(key, _consent(keccak256("matrix"), vm.addr(key)));
    }

    function _joinCall() private view returns (bytes memory) {
        ILedgerRecords.Join memory consent = _consent(STUDY, ALICE);
        return abi.encodeCall(ILedger.join, (consent, _signJoin(ALICE_KEY, consent)));
    }

    function _matrixRecord(uint32 round) private pure returns (ILedgerRecords.Contribution memory contribution) {
        contribution = _contribution(vm.addr(ALICE_KEY), round);
        contribution.study = keccak256("matrix");
    }

    function _batchCall() private view returns (bytes memory) {
        ILedgerRecords.Contribution memory contribution = _matrixRecord(3);
        (ILedgerRecords.Contribution[] memory contributions, ILedgerRecords.Signature[] memory signatures) = _batchOf(
            contribution,
            _sign(ALICE_KEY, contribution)
        );
        return abi.encodeCall(ILedger.contributeBatch, (contributions, signatures));
    }

    function _committed() private returns (ILedgerRecords.Valuation memory valuation) {
        valuation = _valuation(ALICE, 0);
        valuation.study = keccak256("matrix");
        ILedgerRecords.Contribution memory contribution = _matrixRecord(1);
        contribution.scoreCommitment = _hash(valuation);
        _contribute(contribution);
    }

    function _equivocationCall() private view returns (bytes memory) {
        ILedgerRecords.Contribution memory one = _matrixRecord(2);
        ILedgerRecords.Contribution memory other = _matrixRecord(2);
        other.samples = 7;
        return
            abi.encodeCall(
                ILedger.reportEquivocation,
                (one, _sign(ALICE_KEY, one), other, _sign(ALICE_KEY, other))
            );
    }

    /// @dev ALICE alone takes part still, as far as the log says; with her old companions, who did not leave it, two thirds.
    function _checkpointCall() private returns (bytes memory) {
        membership.setGovernance(IMembership.Governance({weightShareCapMicros: 1, quorumMicros: 1}));
        ILedgerRecords.Checkpoint memory signed = ILedgerRecords.Checkpoint(
            keccak256("matrix"),
            0,
            _headOf(keccak256("matrix"))
        );
        ILedgerRecords.Signature[] memory signatures = new ILedgerRecords.Signature[](1);
        signatures[0] = _signHash(ledger.domainSeparator(), ALICE_KEY, _hash(signed));
        return abi.encodeCall(ILedger.checkpoint, (signed, new uint8[](1), signatures));
    }
}
