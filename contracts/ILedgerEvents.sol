// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title The entries of the ledger
/// @notice One event an entry. Together they hold everything that was recorded.
interface ILedgerEvents {
    /// @notice A study was opened (kind 0).
    /// @param study The study
    /// @param sequence The entry's number in the study's log
    /// @param head The log's running hash with this entry
    /// @param rounds How many training rounds
    /// @param maximumMembers How many members may ever join
    /// @param stalenessBound How many rounds late a contribution may still be mixed
    /// @param epsilonBudgetMicros Upper bound of a member's cumulative epsilon, in millionths
    /// @param deltaBudgetPicos The delta at which epsilon is stated, in millionths of millionths
    event Opened(
        bytes32 indexed study,
        uint32 sequence,
        bytes32 head,
        uint32 rounds,
        uint16 maximumMembers,
        uint32 stalenessBound,
        uint64 epsilonBudgetMicros,
        uint64 deltaBudgetPicos
    );

    /// @notice A member joined (kind 1); again, at the same position, if its membership was interrupted.
    /// @param study The study
    /// @param sequence The entry's number in the study's log
    /// @param head The log's running hash with this entry
    /// @param member The member
    /// @param position Its number in the study, from 0 in order of joining
    /// @param firstRound The first round that it may record
    /// @param dataCommitment Its keyed commitment to its data
    event Joined(
        bytes32 indexed study,
        uint32 sequence,
        bytes32 head,
        address indexed member,
        uint8 position,
        uint32 firstRound,
        bytes32 dataCommitment
    );

    /// @notice A contribution was recorded (kind 2); the fields are those of `Contribution`.
    /// @param study The study
    /// @param sequence The entry's number in the study's log
    /// @param head The log's running hash with this entry
    /// @param round The round
    /// @param member The member
    /// @param base Digest of the parameters that it started from
    /// @param recipe Digest of what was mixed into them
    /// @param update Merkle root of the segments of the trained parameters
    /// @param samples How many samples it trained on
    /// @param epsilonMicros Its cumulative epsilon, in millionths
    /// @param metrics Digest of the site's own metrics
    /// @param scoreCommitment Commitment to its scores of the round before
    event Contributed(
        bytes32 indexed study,
        uint32 sequence,
        bytes32 head,
        uint32 round,
        address indexed member,
        bytes32 base,
        bytes32 recipe,
        bytes32 update,
        uint32 samples,
        uint64 epsilonMicros,
        bytes32 metrics,
        bytes32 scoreCommitment
    );

    /// @notice Committed scores were revealed (kind 3); the fields are those of `Valuation`.
    /// @param study The study
    /// @param sequence The entry's number in the study's log
    /// @param head The log's running hash with this entry
    /// @param round The round whose contributions are scored
    /// @param evaluator The member that scored them
    /// @param scores Signed 32-bit scores in millionths, eight to a word
    /// @param salt The salt of the commitment
    event Valued(
        bytes32 indexed study,
        uint32 sequence,
        bytes32 head,
        uint32 round,
        address indexed evaluator,
        bytes32[] scores,
        bytes32 salt
    );

    /// @notice A participant withdrew (kind 4).
    /// @param study The study
    /// @param sequence The entry's number in the study's log
    /// @param head The log's running hash with this entry
    /// @param member The participant
    /// @param endRound The first round that it may not record
    event Withdrawn(bytes32 indexed study, uint32 sequence, bytes32 head, address indexed member, uint32 endRound);

    /// @notice A study was closed (kind 5); its log is final.
    /// @param study The study
    /// @param sequence The entry's number in the study's log
    /// @param head The log's running hash with this entry
    event Closed(bytes32 indexed study, uint32 sequence, bytes32 head);

    /// @notice A participant that is suspended or no longer a member was excluded (kind 6).
    /// @param study The study
    /// @param sequence The entry's number in the study's log
    /// @param head The log's running hash with this entry
    /// @param member The participant
    /// @param endRound The first round that it may not record
    event Excluded(bytes32 indexed study, uint32 sequence, bytes32 head, address indexed member, uint32 endRound);

    /// @notice Two different records that one member signed for one round were shown (kind 7).
    /// @param study The study
    /// @param sequence The entry's number in the study's log
    /// @param head The log's running hash with this entry
    /// @param round The round
    /// @param member The member
    /// @param first Struct hash of one record
    /// @param second Struct hash of the other
    event Equivocated(
        bytes32 indexed study,
        uint32 sequence,
        bytes32 head,
        uint32 round,
        address indexed member,
        bytes32 first,
        bytes32 second
    );

    /// @notice Participants co-signed a head of the log (kind 8).
    /// @param study The study
    /// @param sequence The entry's number in the study's log
    /// @param head The log's running hash with this entry
    /// @param round The round after which they saw the head
    /// @param signedHead The head that they signed
    /// @param signers Bit p is set if the participant at position p signed
    event Checkpointed(
        bytes32 indexed study,
        uint32 sequence,
        bytes32 head,
        uint32 round,
        bytes32 signedHead,
        uint64 signers
    );

    /// @notice The administrator named the contract that will succeed this one. No entry of any log.
    /// @param successor The contract
    /// @param effective The second, since 1970, from which on it is the successor
    event SuccessorNamed(address indexed successor, uint64 effective);

    /// @notice The administrator took back what it had named, before it became effective.
    /// @param successor The contract
    event SuccessorCancelled(address indexed successor);
}
