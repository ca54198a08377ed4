// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ILedgerRecords} from "../ILedgerRecords.sol";
import {IMembership} from "../IMembership.sol";
import {Ledger} from "../Ledger.sol";
import {Membership} from "../Membership.sol";
import {newLedger, newMembership} from "./Deployed.sol";
import {vm} from "./Vm.sol";

/// @dev A ledger with three members and an open study of four rounds; the fixture itself is the administrator and has
/// both roles, but is no member.
abstract contract LedgerFixture {
    bytes32 internal constant STUDY = keccak256("manifest");
    uint32 internal constant ROUNDS = 4;
    uint16 internal constant MAXIMUM_MEMBERS = 3;
    uint64 internal constant BUDGET = 8_000_000;
    uint32 internal constant STALENESS = 3;
    uint64 internal constant DELTA = 10_000_000;
    uint32 internal constant WINDOW = 50;
    /// @dev Where the tests begin; the compiler may take `block.number` for a constant within a test.
    uint256 internal constant BLOCK = 100;
    uint256 internal constant SECP256K1_ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141;

    uint256 internal constant ALICE_KEY = 0xA11CE;
    uint256 internal constant BOB_KEY = 0xB0B;
    uint256 internal constant CAROL_KEY = 0xCA401;
    address internal immutable ALICE = vm.addr(ALICE_KEY);
    address internal immutable BOB = vm.addr(BOB_KEY);
    address internal immutable CAROL = vm.addr(CAROL_KEY);
    address internal constant STRANGER = address(0x57A46E4);

    Membership internal membership;
    Ledger internal ledger;

    function setUp() public virtual {
        vm.roll(BLOCK);
        vm.warp(1_000_000);
        membership = newMembership(2 days, address(this), _governance());
        ledger = newLedger(membership, WINDOW);
        membership.grantRole(membership.ADMISSION_ROLE(), address(this));
        membership.grantRole(membership.STUDY_ROLE(), address(this));
        membership.admit(ALICE);
        membership.admit(BOB);
        membership.admit(CAROL);
        ledger.openStudy(_opening(STUDY));
    }

    function _opening(bytes32 study) internal pure returns (ILedgerRecords.OpenStudy memory) {
        return
            ILedgerRecords.OpenStudy({
                study: study,
                rounds: ROUNDS,
                maximumMembers: MAXIMUM_MEMBERS,
                stalenessBound: STALENESS,
                epsilonBudgetMicros: BUDGET,
                deltaBudgetPicos: DELTA
            });
    }

    function _governance() internal pure returns (IMembership.Governance memory) {
        return IMembership.Governance({weightShareCapMicros: 500_000, quorumMicros: 666_667});
    }

    function _join(address member) internal {
        _joinWith(_keyOf(member), _consent(STUDY, member));
    }

    function _joinWith(uint256 key, ILedgerRecords.Join memory consent) internal {
        ILedgerRecords.Signature memory signature = _signJoin(key, consent);
        ledger.join(consent, signature);
    }

    function _consent(bytes32 study, address member) internal view returns (ILedgerRecords.Join memory) {
        return
            ILedgerRecords.Join({
                study: study,
                member: member,
                dataCommitment: keccak256(abi.encode("data", member)),
                deadline: uint64(block.timestamp + 1 days)
            });
    }

    function _keyOf(address member) internal view virtual returns (uint256) {
        if (member == ALICE) return ALICE_KEY;
        if (member == BOB) return BOB_KEY;
        return CAROL_KEY;
    }

    function _signJoin(
        uint256 key,
        ILedgerRecords.Join memory consent
    ) internal view returns (ILedgerRecords.Signature memory) {
        return _signHash(ledger.domainSeparator(), key, _hash(consent));
    }

    function _signHash(
        bytes32 domain,
        uint256 key,
        bytes32 structHash
    ) internal pure returns (ILedgerRecords.Signature memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, keccak256(abi.encodePacked(hex"1901", domain, structHash)));
        return ILedgerRecords.Signature({r: r, vs: bytes32(uint256(s) | (uint256(v - 27) << 255))});
    }

    /// @dev A valid record of a training round.
    function _contribution(address member, uint32 round) internal pure returns (ILedgerRecords.Contribution memory) {
        return
            ILedgerRecords.Contribution({
                study: STUDY,
                round: round,
                member: member,
                base: keccak256(abi.encode("base", round, member)),
                recipe: round == 0 ? bytes32(0) : keccak256(abi.encode("recipe", round, member)),
                update: keccak256(abi.encode("update", round, member)),
                samples: 100,
                epsilonMicros: 1_000_000 * (uint64(round) + 1),
                metrics: keccak256(abi.encode("metrics", round, member)),
                scoreCommitment: round == 0 ? bytes32(0) : _hash(_valuation(member, round - 1))
            });
    }

    /// @dev The valid record that ends a member's study.
    function _closing(address member) internal pure returns (ILedgerRecords.Contribution memory contribution) {
        contribution = _contribution(member, ROUNDS);
        contribution.update = 0;
        contribution.samples = 0;
    }

    /// @dev The valuation that `_contribution(evaluator, round + 1)` commits to.
    function _valuation(address evaluator, uint32 round) internal pure returns (ILedgerRecords.Valuation memory valuation) {
        valuation.study = STUDY;
        valuation.round = round;
        valuation.evaluator = evaluator;
        valuation.scores = new bytes32[](1);
        valuation.scores[0] = keccak256(abi.encode("scores", round, evaluator));
        valuation.salt = keccak256(abi.encode("salt", round, evaluator));
    }

    function _contribute(ILedgerRecords.Contribution memory contribution) internal {
        vm.prank(contribution.member);
        ledger.contribute(contribution);
    }

    function _sign(
        uint256 key,
        ILedgerRecords.Contribution memory contribution
    ) internal view returns (ILedgerRecords.Signature memory) {
        return _signIn(ledger.domainSeparator(), key, contribution);
    }

    function _signIn(
        bytes32 domain,
        uint256 key,
        ILedgerRecords.Contribution memory contribution
    ) internal pure returns (ILedgerRecords.Signature memory) {
        return _signHash(domain, key, _hash(contribution));
    }

    /// @dev One record and one signature, as a batch.
    function _batchOf(
        ILedgerRecords.Contribution memory contribution,
        ILedgerRecords.Signature memory signature
    ) internal pure returns (ILedgerRecords.Contribution[] memory contributions, ILedgerRecords.Signature[] memory signatures) {
        contributions = new ILedgerRecords.Contribution[](1);
        contributions[0] = contribution;
        signatures = new ILedgerRecords.Signature[](1);
        signatures[0] = signature;
    }

    /// @dev EIP-712 struct hash, written out field by field; `RecordHash` encodes the struct at once.
    function _hash(ILedgerRecords.Contribution memory c) internal pure returns (bytes32) {
        bytes32 typeHash = keccak256(
            "Contribution(bytes32 study,uint32 round,address member,bytes32 base,bytes32 recipe,bytes32 update,uint32 samples,uint64 epsilonMicros,bytes32 metrics,bytes32 scoreCommitment)"
        );
        bytes memory first = abi.encode(typeHash, c.study, c.round, c.member, c.base, c.recipe);
        bytes memory second = abi.encode(c.update, c.samples, c.epsilonMicros, c.metrics, c.scoreCommitment);
        return keccak256(bytes.concat(first, second));
    }

    function _hash(ILedgerRecords.Valuation memory v) internal pure returns (bytes32) {
        bytes32 typeHash = keccak256(
            "Valuation(bytes32 study,uint32 round,address evaluator,bytes32[] scores,bytes32 salt)"
        );
        bytes32 scores = keccak256(abi.encodePacked(v.scores));
        return keccak256(abi.encode(typeHash, v.study, v.round, v.evaluator, scores, v.salt));
    }

    function _hash(ILedgerRecords.Join memory j) internal pure returns (bytes32) {
        bytes32 typeHash = keccak256("Join(bytes32 study,address member,bytes32 dataCommitment,uint64 deadline)");
        return keccak256(abi.encode(typeHash, j.study, j.member, j.dataCommitment, j.deadline));
    }

    function _hash(ILedgerRecords.Checkpoint memory c) internal pure returns (bytes32) {
        bytes32 typeHash = keccak256("Checkpoint(bytes32 study,uint32 round,bytes32 head)");
        return keccak256(abi.encode(typeHash, c.study, c.round, c.head));
    }

    function _initialHead(bytes32 study) internal view returns (bytes32) {
        return _headWord(keccak256(abi.encode(block.chainid, address(ledger), study)), 1, 0);
    }

    /// @dev The head after an entry of a study that stays open.
    function _nextHead(bytes32 head, uint8 kind, bytes32 structHash) internal pure returns (bytes32) {
        return _headWord(keccak256(abi.encode(head, kind, structHash)), 1, uint32(uint256(head)) + 1);
    }

    function _headWord(bytes32 hash, uint8 state, uint32 count) internal pure returns (bytes32) {
        return bytes32(bytes.concat(bytes27(hash), bytes1(state), bytes4(count)));
    }

    function _headOf(bytes32 study) internal view returns (bytes32) {
        return ledger.studyOf(study).head;
    }
}
