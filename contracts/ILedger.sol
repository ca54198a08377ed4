// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ILedgerErrors} from "./ILedgerErrors.sol";
import {ILedgerEvents} from "./ILedgerEvents.sol";
import {ILedgerRecords} from "./ILedgerRecords.sol";
import {IMembership} from "./IMembership.sol";

/// @title The audit trail of federated studies
/// @notice An append-only log per study. Each entry carries a gapless sequence number and the head that it leaves
/// behind: 27 bytes of `keccak256(abi.encode(previous head, kind, structHash))`, one byte of state (1 open, 2
/// closed) and
/// four bytes that count the entries; the initial head has 27 bytes of `keccak256(abi.encode(chainId, ledger,
/// study))`.
/// `structHash` is the EIP-712 `hashStruct` of the entry, and `kind` is 0 opened, 1 joined, 2 contribution, 3
/// valuation,
/// 4 withdrawn, 5 closed, 6 excluded, 7 equivocated, 8 checkpointed. All state can be rebuilt from the events. Nothing
/// here holds text: only digests, numbers and addresses.
interface ILedger is ILedgerRecords, ILedgerEvents, ILedgerErrors {
    /// @notice Opens a study; for accounts with STUDY_ROLE in the membership contract.
    /// @param opening The study's identity and bounds
    function openStudy(OpenStudy calldata opening) external;

    /// @notice Records that a current member joins a study, under its signature; anybody may send it. A member whose
    /// membership was interrupted, or whose key was rotated, joins again and keeps its position and its spent epsilon.
    /// It takes part from the round on that follows the last recorded by anybody.
    /// @param consent What the member signed
    /// @param signature Its EIP-712 signature
    function join(Join calldata consent, Signature calldata signature) external;

    /// @notice Withdraws the sender from a study, for good. What it recorded stays, and the round in progress may
    /// still
    /// be recorded.
    /// @param study The study
    function withdraw(bytes32 study) external;

    /// @notice Enters into the study's log that a participant is suspended or no longer a member. Until then it can
    /// record
    /// nothing at all; afterwards the rounds that had begun when it lost its standing. Anybody may call this.
    /// @param study The study
    /// @param member The participant
    function exclude(bytes32 study, address member) external;

    /// @notice Closes a study; for accounts with STUDY_ROLE. Nothing can be added to its log afterwards.
    /// @param study The study
    function closeStudy(bytes32 study) external;

    /// @notice Records the sender's contribution.
    /// @param contribution The record, naming the sender as its member
    function contribute(Contribution calldata contribution) external;

    /// @notice Records contributions that their members signed, as if each had sent its own; all of them, or none.
    /// @param contributions 1 to 64 records
    /// @param signatures The EIP-712 signatures, in the same order
    function contributeBatch(Contribution[] calldata contributions, Signature[] calldata signatures) external;

    /// @notice Reveals scores that the evaluator committed to in one of its last four contributions, within the
    /// window of
    /// blocks after it. Anyone may send them.
    /// @param valuation The scores and salt
    function reveal(Valuation calldata valuation) external;

    /// @notice Reveals several valuations, in order; all of them, or none.
    /// @param valuations The scores and salts
    function revealBatch(Valuation[] calldata valuations) external;

    /// @notice Records proof that a participant signed two different records for one round. Anyone may send it, once.
    /// @param first One record
    /// @param firstSignature The member's signature of it
    /// @param second The other record
    /// @param secondSignature The member's signature of it
    function reportEquivocation(
        Contribution calldata first,
        Signature calldata firstSignature,
        Contribution calldata second,
        Signature calldata secondSignature
    ) external;

    /// @notice Records a head of the study's log that a quorum of its participants signed. It is for readers to
    /// compare
    /// it with the log: a head that the log never had proves that the signers saw another history.
    /// @param signed What they signed
    /// @param positions Who signed, by position, ascending
    /// @param signatures The EIP-712 signatures, in the same order
    function checkpoint(
        Checkpoint calldata signed,
        uint8[] calldata positions,
        Signature[] calldata signatures
    ) external;

    /// @notice Names the contract that succeeds this one after `SUCCESSOR_DELAY`; for the administrator, once.
    /// @param named The contract
    function nameSuccessor(address named) external;

    /// @notice Takes the name back before it is effective; for the administrator.
    function cancelSuccessor() external;

    /// @notice The contract that says who is a member and who holds which role.
    /// @return The membership contract, for ever the same
    function membership() external view returns (IMembership);

    /// @notice A study as it stands.
    /// @param study The study
    /// @return Its bounds, log length, head and state
    function studyOf(bytes32 study) external view returns (StudyStatus memory);

    /// @notice A member's part in a study as it stands, whichever of its accounts is asked for.
    /// @param study The study
    /// @param member The member
    /// @return status Its position, bounds of its rounds, and spent epsilon
    function participantOf(bytes32 study, address member) external view returns (ParticipantStatus memory status);

    /// @notice Who has a position in a study.
    /// @param study The study
    /// @param position The position, below the number of participants
    /// @return The account that joined last for it
    function participantAt(bytes32 study, uint16 position) external view returns (address);

    /// @notice The median of what a participant's contribution of a round was worth to the others, checked against
    /// what
    /// they revealed; for rounds whose commitments are still kept, which are the last four of each evaluator.
    /// @param study The study
    /// @param round The round
    /// @param target The participant's position
    /// @param valuations All that the other participants revealed for the round, in ascending order of the target's
    /// score and, where it is the same, of the evaluator
    /// @return median In millionths; of an even number of scores the mean of the middle two, rounded down
    /// @return scorers How many scored the target
    function medianScore(
        bytes32 study,
        uint32 round,
        uint8 target,
        Valuation[] calldata valuations
    ) external view returns (int32 median, uint256 scorers);

    /// @notice Whether two signed heads prove that the log was rewritten: same study, same count, different hash. Who
    /// signed them is for the reader to compare with the members.
    /// @param first One checkpoint
    /// @param firstSignature Its signature
    /// @param second The other checkpoint
    /// @param secondSignature Its signature
    /// @return proven Whether they contradict each other
    /// @return firstSigner Who signed the first
    /// @return secondSigner Who signed the second
    function provesRewrite(
        Checkpoint calldata first,
        Signature calldata firstSignature,
        Checkpoint calldata second,
        Signature calldata secondSignature
    ) external view returns (bool proven, address firstSigner, address secondSigner);

    /// @notice The contract that succeeded this one.
    /// @return Its address, or zero while there is none that is effective
    function successor() external view returns (address);

    /// @notice The successor that was named, effective or not.
    /// @return named Its address, or zero
    /// @return effective The second, since 1970, from which on it is the successor
    function namedSuccessor() external view returns (address named, uint64 effective);

    /// @notice The EIP-712 domain separator that signatures are bound to: this chain and this contract.
    /// @return The separator
    function domainSeparator() external view returns (bytes32);
}
