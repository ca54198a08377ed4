// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ILedger} from "./ILedger.sol";
import {RecordHash} from "./records/RecordHash.sol";
import {StudyLog} from "./StudyLog.sol";

/// @title Showing that a member signed two different records for one round
/// @notice Part of the ledger. Whichever record was recorded first stands; the proof is recorded beside it.
abstract contract Equivocations is StudyLog {
    /// @inheritdoc ILedger
    function reportEquivocation(
        Contribution calldata first,
        Signature calldata firstSignature,
        Contribution calldata second,
        Signature calldata secondSignature
    ) external {
        Study storage study = _openStudy(first.study);
        address member = first.member;
        (bytes32 firstHash, bytes32 secondHash) = (RecordHash.ofContribution(first), RecordHash.ofContribution(second));
        require(
            first.study == second.study &&
                first.round == second.round &&
                member == second.member &&
                firstHash != secondHash,
            NoEquivocation()
        );
        require(first.round < study.rounds + 1, RoundBeyondStudy(first.round, study.rounds));
        // Whoever ever joined has commitments that are not zero.
        require(study.commitmentsOf[member][0] != 0, NotParticipant(first.study, member));
        require(!study.equivocated[member][first.round], EquivocationKnown(first.study, member, first.round));
        _requireSigned(firstHash, firstSignature, member);
        _requireSigned(secondHash, secondSignature, member);

        study.equivocated[member][first.round] = true;
        (uint32 sequence, bytes32 head) = _append(
            study,
            Kind.Equivocated,
            RecordHash.ofEquivocation(first, firstHash, secondHash)
        );
        emit Equivocated(first.study, sequence, head, first.round, member, firstHash, secondHash);
    }

    function _requireSigned(bytes32 structHash, Signature calldata signature, address member) private view {
        address signer = _signerOf(structHash, signature);
        require(signer == member, NotTheMember(signer, member));
    }
}
