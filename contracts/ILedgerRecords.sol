// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title What goes into the ledger, and what it says about itself
/// @notice Signed and unsigned records, and the answers of the views.
interface ILedgerRecords {
    /// @dev Whether a study was opened, and closed.
    enum StudyState {
        None,
        Open,
        Closed
    }

    /// @notice What opens a study.
    /// @param study The SHA-256 digest of the manifest; it is the study's identity
    /// @param rounds How many training rounds, numbered from 0; round number `rounds` is the closing record
    /// @param maximumMembers How many members may ever join, at most 64
    /// @param stalenessBound How many rounds late a contribution may still be mixed; for readers, not enforced here
    /// @param epsilonBudgetMicros Upper bound of a member's cumulative epsilon, in millionths; 0 when none is accounted
    /// @param deltaBudgetPicos The delta at which epsilon is stated, in millionths of millionths; for readers
    struct OpenStudy {
        bytes32 study;
        uint32 rounds;
        uint16 maximumMembers;
        uint32 stalenessBound;
        uint64 epsilonBudgetMicros;
        uint64 deltaBudgetPicos;
    }

    /// @notice A member's consent to take part in a study, which it signs.
    /// @param study The study, and with it the manifest, whose digest it is
    /// @param member The member that signs
    /// @param dataCommitment A keyed commitment to the member's data set, so that destroying the key erases it
    /// @param deadline The last second, since 1970, at which the consent may be recorded
    struct Join {
        bytes32 study;
        address member;
        bytes32 dataCommitment;
        uint64 deadline;
    }

    /// @notice What a member did in one round. In rounds 0 to `rounds - 1` it trained; in round `rounds` it only names
    /// the model that it ended with.
    /// @param study The study
    /// @param round The round; a member's rounds strictly increase
    /// @param member The member that signs
    /// @param base Digest of the parameters that it started the round from
    /// @param recipe Digest of what was mixed, with what weight, into `base`; zero in round 0
    /// @param update Merkle root of the segments of the trained parameters; zero in the closing record
    /// @param samples How many samples it trained on; zero in the closing record
    /// @param epsilonMicros Cumulative epsilon that the member has spent in the study, in millionths
    /// @param metrics Digest of the site's own metrics, or zero
    /// @param scoreCommitment Struct hash of this member's `Valuation` of round `round - 1`, or zero
    struct Contribution {
        bytes32 study;
        uint32 round;
        address member;
        bytes32 base;
        bytes32 recipe;
        bytes32 update;
        uint32 samples;
        uint64 epsilonMicros;
        bytes32 metrics;
        bytes32 scoreCommitment;
    }

    /// @notice The scores that open a commitment.
    /// @param study The study
    /// @param round The round whose contributions are scored
    /// @param evaluator The member that scored them
    /// @param scores Signed 32-bit scores in millionths, eight to a word, most significant first: the participant at
    /// position p is in word p / 8. The least int32 says "not scored"
    /// @param salt Random, so that the commitment cannot be guessed
    struct Valuation {
        bytes32 study;
        uint32 round;
        address evaluator;
        bytes32[] scores;
        bytes32 salt;
    }

    /// @notice A head of a study's log as members saw it, which they sign.
    /// @param study The study
    /// @param round The round after which they saw it
    /// @param head The head; its last four bytes count the entries
    struct Checkpoint {
        bytes32 study;
        uint32 round;
        bytes32 head;
    }

    /// @notice An ECDSA signature in the compact form of EIP-2098.
    /// @param r The r value
    /// @param vs The s value, with the recovery bit on top
    struct Signature {
        bytes32 r;
        bytes32 vs;
    }

    /// @notice A study as it stands. All zero for one that was never opened.
    /// @param rounds How many training rounds
    /// @param maximumMembers How many members may ever join
    /// @param participants How many members ever joined
    /// @param stalenessBound How many rounds late a contribution may still be mixed
    /// @param epsilonBudgetMicros Upper bound of a member's cumulative epsilon, in millionths
    /// @param deltaBudgetPicos The delta at which epsilon is stated, in millionths of millionths
    /// @param entryCount How many entries the log has
    /// @param head The running hash over all of them, with state and count in its last five bytes
    /// @param state 0 none, 1 open, 2 closed
    struct StudyStatus {
        uint32 rounds;
        uint16 maximumMembers;
        uint16 participants;
        uint32 stalenessBound;
        uint64 epsilonBudgetMicros;
        uint64 deltaBudgetPicos;
        uint32 entryCount;
        bytes32 head;
        StudyState state;
    }

    /// @notice A member's part in a study as it stands. All zero for one that never joined.
    /// @param joined Whether the member ever joined
    /// @param withdrawn Whether it withdrew
    /// @param excluded Whether it was excluded, and has not joined again
    /// @param position Its number in the study, from 0 in order of joining
    /// @param nextRound The least round that it may record
    /// @param endRound The least round that it may not record any more
    /// @param epsilonMicros Cumulative epsilon of its last record
    /// @param lastBlock The block in which it last joined or recorded
    struct ParticipantStatus {
        bool joined;
        bool withdrawn;
        bool excluded;
        uint8 position;
        uint32 nextRound;
        uint32 endRound;
        uint64 epsilonMicros;
        uint40 lastBlock;
    }
}
