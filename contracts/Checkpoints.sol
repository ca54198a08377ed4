// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ILedger} from "./ILedger.sol";
import {HeadWord} from "./records/HeadWord.sol";
import {RecordHash} from "./records/RecordHash.sol";
import {StudyLog} from "./StudyLog.sol";

/// @title Heads that participants co-sign
/// @notice Part of the ledger. A signed head says what its signers saw; if the chain is ever rewritten, two signed
/// heads
/// that count the same entries prove it, here or anywhere else.
abstract contract Checkpoints is StudyLog {
    /// @dev A share of everything, in millionths.
    uint256 private constant _WHOLE = 1_000_000;

    /// @inheritdoc ILedger
    function checkpoint(
        Checkpoint calldata signed,
        uint8[] calldata positions,
        Signature[] calldata signatures
    ) external {
        Study storage study = _openStudy(signed.study);
        _requireReached(signed.head, study.head);
        require(positions.length == signatures.length, SignersOutOfOrder(positions.length, signatures.length));
        _requireQuorum(study, positions.length);
        bytes32 structHash = RecordHash.ofCheckpoint(signed);
        uint64 signers = _signersOf(study, structHash, signed.study, positions, signatures);
        _recordOnce(structHash);

        (uint32 sequence, bytes32 head) = _append(
            study,
            Kind.Checkpointed,
            RecordHash.ofCheckpointing(signed, signers)
        );
        emit Checkpointed(signed.study, sequence, head, signed.round, signed.head, signers);
    }

    /// @inheritdoc ILedger
    function provesRewrite(
        Checkpoint calldata first,
        Signature calldata firstSignature,
        Checkpoint calldata second,
        Signature calldata secondSignature
    ) external view returns (bool proven, address firstSigner, address secondSigner) {
        firstSigner = _signerOf(RecordHash.ofCheckpoint(first), firstSignature);
        secondSigner = _signerOf(RecordHash.ofCheckpoint(second), secondSignature);
        proven =
            first.study == second.study &&
            first.head != second.head &&
            HeadWord.countOf(first.head) == HeadWord.countOf(second.head);
    }

    /// @dev The participants at `positions` as bits; every one of them must take part, and have signed.
    function _signersOf(
        Study storage study,
        bytes32 structHash,
        bytes32 identity,
        uint8[] calldata positions,
        Signature[] calldata signatures
    ) private view returns (uint64 signers) {
        for (uint256 i = 0; i < positions.length; ++i) {
            uint8 position = positions[i];
            require(
                i == 0 || position > positions[i - 1],
                SignersOutOfOrder(positions.length, signatures.length)
            );
            require(position < study.participants, NoSuchPosition(identity, position));
            Seat memory seat = study.seatAt[position];
            require(study.participantOf[seat.memberIndex].part == Part.Active, NotParticipant(identity, seat.account));
            address signer = _signerOf(structHash, signatures[i]);
            require(signer == seat.account, NotTheMember(signer, seat.account));
            signers |= uint64(1) << position;
        }
    }

    /// @dev The quorum is of those who take part, and at least one.
    function _requireQuorum(Study storage study, uint256 signers) private view {
        uint256 count = study.participants;
        uint256 active = 0;
        for (uint256 position = 0; position < count; ++position) {
            Participant storage participant = study.participantOf[study.seatAt[position].memberIndex];
            if (participant.part == Part.Active) ++active;
        }
        uint256 required = (active * _MEMBERSHIP.governance().quorumMicros + _WHOLE - 1) / _WHOLE;
        require(signers != 0 && signers >= required, QuorumMissed(signers, required));
    }

    function _requireReached(bytes32 signedHead, bytes32 head) private pure {
        (uint32 entries, uint32 entryCount) = (HeadWord.countOf(signedHead), HeadWord.countOf(head));
        require(entries < entryCount + 1, CheckpointAhead(entries, entryCount));
    }
}
