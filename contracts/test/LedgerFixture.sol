// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ILedgerRecords} from "../ILedgerRecords.sol";
import {Ledger} from "../Ledger.sol";
import {Membership} from "../Membership.sol";
import {vm} from "./Vm.sol";

/// @dev A ledger with three members and an open study of four rounds; the fixture itself is the administrator and has
/// both roles, but is no member.
abstract contract LedgerFixture {
    bytes32 internal constant STUDY = keccak256("manifest");
    uint32 internal constant ROUNDS = 4;
    uint16 internal constant MAXIMUM_MEMBERS = 3;
    uint64 internal constant BUDGET = 8_000_000;
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
        membership = new Membership(2 days, address(this));
        ledger = new Ledger(membership);
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
                epsilonBudgetMicros: BUDGET
            });
    }

    function _join(address member) internal {
        vm.prank(member);
        ledger.join(STUDY, keccak256(abi.encode("data", member)));
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
        bytes32 digest = keccak256(abi.encodePacked(hex"1901", domain, _hash(contribution)));
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, digest);
        return ILedgerRecords.Signature({r: r, vs: bytes32(uint256(s) | (uint256(v - 27) << 255))});
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

    function _initialHead(bytes32 study) internal view returns (bytes32) {
        return keccak256(abi.encode(block.chainid, address(ledger), study));
    }

    function _nextHead(bytes32 head, uint64 sequence, uint8 kind, bytes32 structHash) internal pure returns (bytes32) {
        return keccak256(abi.encode(head, sequence, kind, structHash));
    }

    function _headOf(bytes32 study) internal view returns (bytes32) {
        return ledger.studyOf(study).head;
    }
}
