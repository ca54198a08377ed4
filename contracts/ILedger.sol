// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ILedgerErrors} from "./ILedgerErrors.sol";
import {ILedgerEvents} from "./ILedgerEvents.sol";
import {ILedgerRecords} from "./ILedgerRecords.sol";
import {IMembership} from "./IMembership.sol";

/// @title The audit trail of federated studies
/// @notice An append-only log per study. Each entry carries a gapless sequence number and the head that it leaves
/// behind: `head = keccak256(abi.encode(head, sequence, kind, structHash))`, from an initial
/// `keccak256(abi.encode(chainId, ledger, study))`, where `structHash` is the EIP-712 `hashStruct` of the record, and
/// `kind` is 0 opened, 1 joined, 2 contribution, 3 valuation, 4 withdrawn, 5 closed. All state can be rebuilt from the
/// events. Nothing here holds text: only digests, numbers and addresses.
interface ILedger is ILedgerRecords, ILedgerEvents, ILedgerErrors {
    /// @notice Opens a study; for accounts with STUDY_ROLE in the membership contract.
    /// @param opening The study's identity and bounds
    function openStudy(OpenStudy calldata opening) external;

    /// @notice Joins a study, for the sender, who must be a current member of the consortium.
    /// @param study The study
    /// @param dataCommitment A keyed commitment to the member's data set, so that destroying the key erases it
    /// @return position The participant's number in the study, from 0 in order of joining
    function join(bytes32 study, bytes32 dataCommitment) external returns (uint16 position);

    /// @notice Withdraws the sender from a study, for good. What it recorded stays.
    /// @param study The study
    function withdraw(bytes32 study) external;

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

    /// @notice Reveals the scores that the evaluator committed to in its last contribution. Anyone may send them.
    /// @param valuation The scores and salt
    function reveal(Valuation calldata valuation) external;

    /// @notice The contract that says who is a member and who holds which role.
    /// @return The membership contract, for ever the same
    function membership() external view returns (IMembership);

    /// @notice A study as it stands.
    /// @param study The study
    /// @return Its bounds, log length, head and state
    function studyOf(bytes32 study) external view returns (StudyStatus memory);

    /// @notice A member's part in a study as it stands.
    /// @param study The study
    /// @param member The member
    /// @return Its position, last round, spent epsilon and commitments
    function participantOf(bytes32 study, address member) external view returns (ParticipantStatus memory);

    /// @notice Who has a position in a study.
    /// @param study The study
    /// @param position The position, below the number of participants
    /// @return The participant
    function participantAt(bytes32 study, uint16 position) external view returns (address);

    /// @notice The EIP-712 domain separator that signatures are bound to: this chain and this contract.
    /// @return The separator
    function domainSeparator() external view returns (bytes32);
}
