// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {ILedger} from "../ILedger.sol";
import {ILedgerErrors} from "../ILedgerErrors.sol";
import {ILedgerRecords} from "../ILedgerRecords.sol";
import {IMembership} from "../IMembership.sol";
import {Ledger} from "../Ledger.sol";
import {newLedger} from "./Deployed.sol";
import {LedgerFixture} from "./LedgerFixture.sol";
import {vm} from "./Vm.sol";

/// @dev Every kind of signed record by every way to use a signature for what it was not given. Each kind is accepted as it
/// was signed, which is the control.
contract SignatureReplayTest is LedgerFixture {
    bytes32 private constant OTHER = keccak256("another manifest");

    /// @dev A consent of CAROL; a contribution, a checkpoint, and the first and the second record of an equivocation of
    /// ALICE.
    uint256 private constant KINDS = 5;
    uint256 private constant CONSENT = 0;
    uint256 private constant BATCH = 1;
    uint256 private constant CHECKPOINT = 2;
    uint256 private constant SECOND = 4;

    /// @dev What distinguishes the records that one member could sign.
    struct Terms {
        bytes32 study;
        uint32 round;
        address member;
        bytes32 content;
    }

    Ledger private other;
    uint256 private here;

    function setUp() public override {
        super.setUp();
        here = block.chainid;
        membership.setGovernance(IMembership.Governance({weightShareCapMicros: 1, quorumMicros: 1}));
        ledger.openStudy(_opening(OTHER));
        _join(ALICE);
        _join(BOB);
        _joinWith(ALICE_KEY, _consent(OTHER, ALICE));
        other = newLedger(membership, WINDOW);
        other.openStudy(_opening(STUDY));
        ILedgerRecords.Join memory consent = _consent(STUDY, ALICE);
        other.join(consent, _signHash(other.domainSeparator(), ALICE_KEY, _hash(consent)));
    }

    function test_control_recordsAreAcceptedAsSigned() public {
        for (uint256 kind = 0; kind < KINDS; ++kind) {
            uint256 before = vm.snapshotState();
            assert(_accepts(_callOf(kind, _terms(kind), _signed(kind, _terms(kind), ledger.domainSeparator()))));
            assert(vm.revertToState(before));
        }
    }

    function test_domain_isThatOfChainAndContract() public view {
        assert(ledger.domainSeparator() == _domain("Consilium", "1", block.chainid, address(ledger)));
    }

    function test_signature_isForItsDomainOnly() public {
        bytes32[4] memory domains = [
            _domain("Consilium", "1", block.chainid + 1, address(ledger)),
            _domain("Consilium", "1", block.chainid, address(other)),
            _domain("Consilium", "2", block.chainid, address(ledger)),
            _domain("consilium", "1", block.chainid, address(ledger))
        ];
        for (uint256 kind = 0; kind < KINDS; ++kind) {
            for (uint256 i = 0; i < domains.length; ++i) {
                _expectRefused(_callOf(kind, _terms(kind), _signed(kind, _terms(kind), domains[i])));
            }
        }
    }

    /// @dev The same transaction, sent once more somewhere else.
    function test_transaction_isForItsChainAndContractOnly() public {
        for (uint256 kind = 0; kind < KINDS; ++kind) {
            bytes memory call = _callOf(kind, _terms(kind), _signed(kind, _terms(kind), ledger.domainSeparator()));
            (bool done, bytes memory answer) = address(other).call(call);
            // The study and ALICE's part in it exist there too.
            assert(!done && _isSignatureError(answer));
            vm.chainId(here + 1);
            _expectRefused(call);
            vm.chainId(here);
        }
    }

    function test_signature_isForItsRecordOnly() public {
        for (uint256 kind = 0; kind < KINDS; ++kind) {
            for (uint256 field = 0; field < 4; ++field) {
                Terms memory signed = _terms(kind);
                if (field == 0) signed.study = OTHER;
                else if (field == 1) signed.round = kind == CONSENT ? signed.round : 2;
                else if (field == 2) signed.member = BOB;
                else signed.content = keccak256("something else");
                if (kind == CONSENT && field == 1) signed.content = keccak256("a consent has no round");
                if (kind == CHECKPOINT && field == 2) signed.round = 3; // nor a checkpoint a member
                _expectRefused(_callOf(kind, _terms(kind), _signed(kind, signed, ledger.domainSeparator())));
            }
        }
    }

    /// @dev A record for another study, in which the member takes part as well, under the signature for this one.
    function test_signature_isForItsStudyOnly() public {
        for (uint256 kind = 1; kind < KINDS; ++kind) {
            Terms memory sent = _terms(kind);
            ILedgerRecords.Signature memory signature = _signed(kind, sent, ledger.domainSeparator());
            sent.study = OTHER;
            _expectRefused(_callOf(kind, sent, signature));
        }
    }

    function test_signature_isOfItsMemberOnly() public {
        uint256[2] memory keys = [BOB_KEY, uint256(7)];
        for (uint256 kind = 0; kind < KINDS; ++kind) {
            for (uint256 i = 0; i < keys.length; ++i) {
                bytes memory call = _callOf(
                    kind,
                    _terms(kind),
                    _signHash(ledger.domainSeparator(), keys[i], _structHash(kind, _terms(kind)))
                );
                (bool done, bytes memory answer) = address(ledger).call(call);
                bytes memory refusal = abi.encodeWithSelector(
                    ILedgerErrors.NotTheMember.selector,
                    vm.addr(keys[i]),
                    _terms(kind).member
                );
                assert(!done && keccak256(answer) == keccak256(refusal));
            }
        }
    }

    function testFuzz_signature_hasOneFormOnly(bytes32 salt) public {
        for (uint256 kind = 0; kind < KINDS; ++kind) {
            Terms memory terms = _terms(kind);
            if (kind != CHECKPOINT) terms.content = salt | bytes32(uint256(1));
            ILedgerRecords.Signature memory good = _signed(kind, terms, ledger.domainSeparator());
            uint256 top = 1 << 255;
            uint256 s = uint256(good.vs) & (top - 1);
            uint256 parity = uint256(good.vs) & top;
            uint256 highS = SECP256K1_ORDER - s;
            ILedgerRecords.Signature[9] memory forms = [
                ILedgerRecords.Signature(good.r, bytes32((highS & (top - 1)) | (parity ^ top))), // the other root
                ILedgerRecords.Signature(good.r, bytes32(highS)),
                ILedgerRecords.Signature(good.r, bytes32(s | (parity ^ top))), // the wrong recovery bit
                ILedgerRecords.Signature(0, good.vs),
                ILedgerRecords.Signature(good.r, bytes32(parity)),
                ILedgerRecords.Signature(0, 0),
                ILedgerRecords.Signature(good.vs, good.r),
                ILedgerRecords.Signature(bytes32(uint256(good.r) ^ 1), good.vs),
                ILedgerRecords.Signature(bytes32(SECP256K1_ORDER), good.vs)
            ];
            for (uint256 i = 0; i < forms.length; ++i) _expectRefused(_callOf(kind, terms, forms[i]));
        }
    }

    /// @dev The least s that is too high fits under the recovery bit, so that the ledger itself must refuse it.
    function test_signature_revertsIfSIsAboveHalfTheOrder() public {
        bytes32 s = bytes32(SECP256K1_ORDER / 2 + 1);
        for (uint256 kind = 0; kind < KINDS; ++kind) {
            bytes memory call = _callOf(kind, _terms(kind), ILedgerRecords.Signature(bytes32(uint256(1)), s));
            (bool done, bytes memory answer) = address(ledger).call(call);
            assert(!done && keccak256(answer) == keccak256(abi.encodeWithSelector(ECDSA.ECDSAInvalidSignatureS.selector, s)));
        }
    }

    /// @dev Nobody's signature is the zero address's, which is no member and has no part.
    function test_signature_revertsForNobody() public {
        for (uint256 kind = 0; kind < KINDS; ++kind) {
            Terms memory terms = _terms(kind);
            if (kind <= BATCH) terms.member = address(0);
            (bool done, bytes memory answer) = address(ledger).call(_callOf(kind, terms, ILedgerRecords.Signature(0, 0)));
            assert(!done && bytes4(answer) == ECDSA.ECDSAInvalidSignature.selector);
        }
    }

    function test_record_isAcceptedOnce() public {
        bytes4[KINDS] memory refusals = [
            ILedgerErrors.AlreadyJoined.selector,
            ILedgerErrors.RoundAlreadyPassed.selector,
            ILedgerErrors.RecordedBefore.selector,
            ILedgerErrors.EquivocationKnown.selector,
            ILedgerErrors.EquivocationKnown.selector
        ];
        for (uint256 kind = 0; kind < KINDS; ++kind) {
            uint256 before = vm.snapshotState();
            bytes memory call = _callOf(kind, _terms(kind), _signed(kind, _terms(kind), ledger.domainSeparator()));
            assert(_accepts(call));
            (bool done, bytes memory answer) = address(ledger).call(call);
            assert(!done && bytes4(answer) == refusals[kind]);
            assert(vm.revertToState(before));
        }
    }

    /// @dev A consent after its deadline, everything after the study was closed, and a record after a later round.
    function test_record_expires() public {
        bytes[] memory calls = new bytes[](KINDS);
        for (uint256 kind = 0; kind < KINDS; ++kind) {
            calls[kind] = _callOf(kind, _terms(kind), _signed(kind, _terms(kind), ledger.domainSeparator()));
        }
        uint256 before = vm.snapshotState();
        vm.warp(1_000_000 + 1 days + 1);
        _expectRefused(calls[CONSENT], ILedgerErrors.DeadlinePassed.selector);
        assert(_accepts(calls[BATCH])); // which has no deadline but its round
        assert(vm.revertToState(before));

        _contribute(_contribution(ALICE, 2));
        _expectRefused(calls[BATCH], ILedgerErrors.RoundAlreadyPassed.selector);
        ledger.closeStudy(STUDY);
        for (uint256 kind = 0; kind < KINDS; ++kind) _expectRefused(calls[kind], ILedgerErrors.StudyNotOpen.selector);
    }

    function _terms(uint256 kind) private view returns (Terms memory) {
        return Terms(STUDY, 1, kind == CONSENT ? CAROL : ALICE, kind == CHECKPOINT ? _initialHead(STUDY) : keccak256("content"));
    }

    function _signed(
        uint256 kind,
        Terms memory terms,
        bytes32 domain
    ) private pure returns (ILedgerRecords.Signature memory) {
        return _signHash(domain, kind == CONSENT ? CAROL_KEY : ALICE_KEY, _structHash(kind, terms));
    }

    function _structHash(uint256 kind, Terms memory terms) private pure returns (bytes32) {
        if (kind == CONSENT) return _hash(_consentOf(terms));
        if (kind == CHECKPOINT) return _hash(ILedgerRecords.Checkpoint(terms.study, terms.round, terms.content));
        return _hash(_record(terms));
    }

    function _callOf(
        uint256 kind,
        Terms memory sent,
        ILedgerRecords.Signature memory signature
    ) private view returns (bytes memory) {
        if (kind == CONSENT) return abi.encodeCall(ILedger.join, (_consentOf(sent), signature));
        (ILedgerRecords.Contribution[] memory records, ILedgerRecords.Signature[] memory signatures) = _batchOf(
            _record(sent),
            signature
        );
        if (kind == BATCH) return abi.encodeCall(ILedger.contributeBatch, (records, signatures));
        if (kind == CHECKPOINT) {
            ILedgerRecords.Checkpoint memory signed = ILedgerRecords.Checkpoint(sent.study, sent.round, sent.content);
            return abi.encodeCall(ILedger.checkpoint, (signed, new uint8[](1), signatures));
        }
        ILedgerRecords.Contribution memory contrary = _record(sent);
        contrary.samples = 7;
        ILedgerRecords.Signature memory good = _sign(ALICE_KEY, contrary);
        if (kind == SECOND) return abi.encodeCall(ILedger.reportEquivocation, (contrary, good, records[0], signature));
        return abi.encodeCall(ILedger.reportEquivocation, (records[0], signature, contrary, good));
    }

    function _consentOf(Terms memory terms) private pure returns (ILedgerRecords.Join memory) {
        return ILedgerRecords.Join(terms.study, terms.member, terms.content, uint64(1_000_000 + 1 days));
    }

    function _record(Terms memory terms) private pure returns (ILedgerRecords.Contribution memory record) {
        record = _contribution(terms.member, terms.round);
        record.study = terms.study;
        record.base = terms.content;
    }

    function _domain(string memory name, string memory version, uint256 chain, address contract_) private pure returns (bytes32) {
        return
            keccak256(
                abi.encode(
                    keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                    keccak256(bytes(name)),
                    keccak256(bytes(version)),
                    chain,
                    contract_
                )
            );
    }

    function _accepts(bytes memory call) private returns (bool done) {
        uint32 entries = ledger.studyOf(STUDY).entryCount;
        (done, ) = address(ledger).call(call);
        assert(ledger.studyOf(STUDY).entryCount == entries + (done ? 1 : 0));
    }

    function _expectRefused(bytes memory call) private {
        (bool done, bytes memory answer) = address(ledger).call(call);
        assert(!done && _isSignatureError(answer));
    }

    function _expectRefused(bytes memory call, bytes4 refusal) private {
        (bool done, bytes memory answer) = address(ledger).call(call);
        assert(!done && bytes4(answer) == refusal);
    }

    /// @dev So that nothing is refused for another reason.
    function _isSignatureError(bytes memory answer) private pure returns (bool) {
        bytes4 selector = bytes4(answer);
        return
            selector == ILedgerErrors.NotTheMember.selector ||
            selector == ECDSA.ECDSAInvalidSignature.selector ||
            selector == ECDSA.ECDSAInvalidSignatureS.selector;
    }
}
