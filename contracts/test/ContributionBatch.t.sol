// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {ILedgerErrors} from "../ILedgerErrors.sol";
import {ILedgerRecords} from "../ILedgerRecords.sol";
import {Ledger} from "../Ledger.sol";
import {newLedger} from "./Deployed.sol";
import {LedgerFixture} from "./LedgerFixture.sol";
import {vm} from "./Vm.sol";

contract ContributionBatchTest is LedgerFixture {
    function setUp() public override {
        super.setUp();
        _join(ALICE);
        _join(BOB);
        _join(CAROL);
    }

    function test_contributeBatch_takesWhatMembersSigned() public {
        (ILedgerRecords.Contribution[] memory contributions, ILedgerRecords.Signature[] memory signatures) = _batch(3);
        vm.prank(STRANGER);
        ledger.contributeBatch(contributions, signatures);
        assert(ledger.studyOf(STUDY).entryCount == 7); // opened, three joined, three contributions
        assert(ledger.participantOf(STUDY, ALICE).nextRound == 2 && ledger.participantOf(STUDY, BOB).nextRound == 1);
    }

    function testFuzz_contributeBatch_equalsSingles(uint8 size) public {
        (ILedgerRecords.Contribution[] memory contributions, ILedgerRecords.Signature[] memory signatures) = _batch(1 + (size % 8));
        uint256 before = vm.snapshotState();
        vm.recordLogs();
        for (uint256 i = 0; i < contributions.length; ++i) _contribute(contributions[i]);
        bytes32 singleEvents = keccak256(abi.encode(vm.getRecordedLogs()));
        bytes32 singleState = keccak256(abi.encode(ledger.studyOf(STUDY), ledger.participantOf(STUDY, ALICE)));

        assert(vm.revertToState(before));
        vm.recordLogs();
        ledger.contributeBatch(contributions, signatures);
        assert(keccak256(abi.encode(vm.getRecordedLogs())) == singleEvents);
        assert(keccak256(abi.encode(ledger.studyOf(STUDY), ledger.participantOf(STUDY, ALICE))) == singleState);
    }

    function test_contributeBatch_isAllOrNothing() public {
        (ILedgerRecords.Contribution[] memory contributions, ILedgerRecords.Signature[] memory signatures) = _batch(3);
        signatures[2] = signatures[1];
        bytes32 head = _headOf(STUDY);
        vm.expectPartialRevert(ILedgerErrors.NotTheMember.selector);
        ledger.contributeBatch(contributions, signatures);
        assert(_headOf(STUDY) == head && ledger.participantOf(STUDY, ALICE).nextRound == 0);
    }

    function test_contributeBatch_revertsIfEmpty() public {
        vm.expectRevert(abi.encodeWithSelector(ILedgerErrors.BatchOutOfRange.selector, 0, 0));
        ledger.contributeBatch(new ILedgerRecords.Contribution[](0), new ILedgerRecords.Signature[](0));
    }

    function test_contributeBatch_takesSixtyFour() public {
        ILedgerRecords.OpenStudy memory opening = _opening(keccak256("long"));
        opening.rounds = 100;
        ledger.openStudy(opening);
        _joinWith(ALICE_KEY, _consent(opening.study, ALICE));
        ILedgerRecords.Contribution[] memory contributions = new ILedgerRecords.Contribution[](64);
        ILedgerRecords.Signature[] memory signatures = new ILedgerRecords.Signature[](64);
        for (uint32 i = 0; i < 64; ++i) {
            contributions[i] = _contribution(ALICE, i);
            contributions[i].study = opening.study;
            contributions[i].epsilonMicros = 0;
            signatures[i] = _sign(ALICE_KEY, contributions[i]);
        }
        ledger.contributeBatch(contributions, signatures);
        assert(ledger.participantOf(opening.study, ALICE).nextRound == 64);
    }

    function test_contributeBatch_revertsIfTooLong() public {
        vm.expectRevert(abi.encodeWithSelector(ILedgerErrors.BatchOutOfRange.selector, 65, 65));
        ledger.contributeBatch(new ILedgerRecords.Contribution[](65), new ILedgerRecords.Signature[](65));
    }

    function test_contributeBatch_revertsIfLengthsDiffer() public {
        (ILedgerRecords.Contribution[] memory contributions, ) = _batch(2);
        vm.expectRevert(abi.encodeWithSelector(ILedgerErrors.BatchOutOfRange.selector, 2, 1));
        ledger.contributeBatch(contributions, new ILedgerRecords.Signature[](1));
        vm.expectRevert(abi.encodeWithSelector(ILedgerErrors.BatchOutOfRange.selector, 2, 3));
        ledger.contributeBatch(contributions, new ILedgerRecords.Signature[](3));
    }

    function test_contributeBatch_revertsOnDuplicateInside() public {
        (ILedgerRecords.Contribution[] memory contributions, ILedgerRecords.Signature[] memory signatures) = _batch(2);
        contributions[1] = contributions[0];
        signatures[1] = signatures[0];
        vm.expectRevert(abi.encodeWithSelector(ILedgerErrors.RoundAlreadyPassed.selector, STUDY, ALICE, 0, 1));
        ledger.contributeBatch(contributions, signatures);
    }

    function test_contributeBatch_revertsOnReplay() public {
        (ILedgerRecords.Contribution[] memory contributions, ILedgerRecords.Signature[] memory signatures) = _batch(1);
        ledger.contributeBatch(contributions, signatures);
        vm.expectRevert(abi.encodeWithSelector(ILedgerErrors.RoundAlreadyPassed.selector, STUDY, ALICE, 0, 1));
        ledger.contributeBatch(contributions, signatures);
    }

    function testFuzz_contributeBatch_revertsIfSignedByAnother(uint256 key) public {
        key = 1 + (key % (SECP256K1_ORDER - 1));
        vm.assume(key != ALICE_KEY);
        ILedgerRecords.Contribution memory contribution = _contribution(ALICE, 0);
        ILedgerRecords.Signature memory signature = _sign(key, contribution);
        vm.expectRevert(abi.encodeWithSelector(ILedgerErrors.NotTheMember.selector, vm.addr(key), ALICE));
        _sendOne(contribution, signature);
    }

    function testFuzz_contributeBatch_revertsOnOtherChain(uint64 otherChain) public {
        vm.assume(otherChain != block.chainid && otherChain != 0);
        (ILedgerRecords.Contribution[] memory contributions, ILedgerRecords.Signature[] memory signatures) = _batch(1);
        vm.chainId(otherChain);
        vm.expectPartialRevert(ILedgerErrors.NotTheMember.selector);
        ledger.contributeBatch(contributions, signatures);
    }

    function test_contributeBatch_revertsInOtherContract() public {
        Ledger other = newLedger(membership, WINDOW);
        other.openStudy(_opening(STUDY));
        ILedgerRecords.Join memory consent = _consent(STUDY, ALICE);
        other.join(consent, _signHash(other.domainSeparator(), ALICE_KEY, _hash(consent)));
        (ILedgerRecords.Contribution[] memory contributions, ILedgerRecords.Signature[] memory signatures) = _batch(1);
        vm.expectPartialRevert(ILedgerErrors.NotTheMember.selector);
        other.contributeBatch(contributions, signatures);
        signatures[0] = _signIn(other.domainSeparator(), ALICE_KEY, contributions[0]);
        other.contributeBatch(contributions, signatures);
    }

    /// @dev One bit of the record changed after signing: another signer comes out, or none.
    function testFuzz_contributeBatch_revertsIfAltered(uint8 word, uint8 bit) public {
        ILedgerRecords.Contribution memory contribution = _contribution(ALICE, 1);
        ILedgerRecords.Signature memory signature = _sign(ALICE_KEY, contribution);
        bytes memory encoded = abi.encode(contribution);
        uint256 index = uint256(word % 10) * 32 + 31 - (bit % 32) / 8;
        encoded[index] = bytes1(uint8(encoded[index]) ^ uint8(1 << (bit % 8)));
        contribution = abi.decode(encoded, (ILedgerRecords.Contribution));
        vm.expectPartialRevert(ILedgerErrors.NotTheMember.selector);
        _sendOne(contribution, signature);
    }

    /// @dev The other root of the same signature; EIP-2098 has no room for it, as its top bit says which root it is.
    function testFuzz_contributeBatch_revertsOnHighS(uint32 round) public {
        ILedgerRecords.Contribution memory contribution = _contribution(ALICE, round % ROUNDS);
        ILedgerRecords.Signature memory signature = _sign(ALICE_KEY, contribution);
        uint256 s = uint256(signature.vs) & (type(uint256).max >> 1);
        uint256 highS = SECP256K1_ORDER - s;
        uint256 flippedParity = 1 - (uint256(signature.vs) >> 255);
        signature.vs = bytes32((highS & (type(uint256).max >> 1)) | (flippedParity << 255));
        vm.expectRevert();
        _sendOne(contribution, signature);
    }

    function test_contributeBatch_revertsOnSAboveHalfOrder() public {
        ILedgerRecords.Contribution memory contribution = _contribution(ALICE, 0);
        bytes32 s = bytes32(SECP256K1_ORDER / 2 + 1);
        vm.expectRevert(abi.encodeWithSelector(ECDSA.ECDSAInvalidSignatureS.selector, s));
        _sendOne(contribution, ILedgerRecords.Signature({r: bytes32(uint256(1)), vs: s}));
    }

    /// @dev Recovery failure gives the zero address, which must never pass for a member.
    function test_contributeBatch_revertsOnZeroSigner() public {
        ILedgerRecords.Contribution memory contribution = _contribution(address(0), 0);
        vm.expectRevert(ECDSA.ECDSAInvalidSignature.selector);
        _sendOne(contribution, ILedgerRecords.Signature({r: 0, vs: 0}));
    }

    function _sendOne(ILedgerRecords.Contribution memory contribution, ILedgerRecords.Signature memory signature) private {
        (ILedgerRecords.Contribution[] memory contributions, ILedgerRecords.Signature[] memory signatures) = _batchOf(
            contribution,
            signature
        );
        ledger.contributeBatch(contributions, signatures);
    }

    /// @dev `size` records: the two members in turn, each in its next round.
    function _batch(
        uint256 size
    ) private view returns (ILedgerRecords.Contribution[] memory contributions, ILedgerRecords.Signature[] memory signatures) {
        contributions = new ILedgerRecords.Contribution[](size);
        signatures = new ILedgerRecords.Signature[](size);
        for (uint256 i = 0; i < size; ++i) {
            (address member, uint256 key) = i % 2 == 0 ? (ALICE, ALICE_KEY) : (BOB, BOB_KEY);
            contributions[i] = _contribution(member, uint32(i / 2));
            signatures[i] = _sign(key, contributions[i]);
        }
    }
}
