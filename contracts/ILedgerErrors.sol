// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ILedgerRecords} from "./ILedgerRecords.sol";

/// @title Why the ledger refuses
/// @notice One error a rule, with the values that broke it.
interface ILedgerErrors {
    /// @notice The address given for the membership contract holds no code.
    /// @param membership The address
    error MembershipHasNoCode(address membership);

    /// @notice A study's identity is the digest of its manifest, which is never zero.
    error ZeroStudy();

    /// @notice A study has at least one round, and its closing record must have a number too.
    /// @param rounds The number of rounds asked for
    error RoundsOutOfRange(uint32 rounds);

    /// @notice A study is for 1 to 64 members.
    /// @param maximumMembers The number asked for
    error MaximumMembersOutOfRange(uint16 maximumMembers);

    /// @notice The study was opened before.
    /// @param study The study
    error StudyExists(bytes32 study);

    /// @notice The study was never opened, or is closed.
    /// @param study The study
    /// @param state 0 never opened, 2 closed
    error StudyNotOpen(bytes32 study, ILedgerRecords.StudyState state);

    /// @notice Only current members of the consortium may do this.
    /// @param account The account that is none
    error NotMember(address account);

    /// @notice The member joined before; who withdrew cannot come back to the same study.
    /// @param study The study
    /// @param member The member
    error AlreadyJoined(bytes32 study, address member);

    /// @notice As many members joined as the study allows.
    /// @param study The study
    error StudyFull(bytes32 study);

    /// @notice A member joins with a commitment to its data.
    error ZeroDataCommitment();

    /// @notice The account never joined the study.
    /// @param study The study
    /// @param account The account
    error NotParticipant(bytes32 study, address account);

    /// @notice The participant withdrew from the study.
    /// @param study The study
    /// @param member The participant
    error HasWithdrawn(bytes32 study, address member);

    /// @notice A contribution is sent by its member, or carries its member's signature.
    /// @param signer Who sent or signed it
    /// @param member Whom it names
    error NotTheMember(address signer, address member);

    /// @notice The member has recorded this round or a later one already.
    /// @param study The study
    /// @param member The member
    /// @param round The round of the refused record
    /// @param nextRound The least round that would be accepted
    error RoundAlreadyPassed(bytes32 study, address member, uint32 round, uint32 nextRound);

    /// @notice The study has no such round.
    /// @param round The round of the refused record
    /// @param rounds The round of the closing record, which is the last
    error RoundBeyondStudy(uint32 round, uint32 rounds);

    /// @notice Every contribution names the parameters that it started from.
    error ZeroBase();

    /// @notice Nothing was mixed before round 0.
    error RecipeInFirstRound();

    /// @notice There was nothing to score before round 0.
    error ScoresInFirstRound();

    /// @notice A training round has an update and samples.
    error NothingTrained();

    /// @notice The closing record has neither update nor samples.
    error TrainedAfterLastRound();

    /// @notice Cumulative epsilon never falls.
    /// @param epsilonMicros What the record says
    /// @param previousMicros What the member's last record said
    error EpsilonFell(uint64 epsilonMicros, uint64 previousMicros);

    /// @notice Cumulative epsilon never passes the study's budget.
    /// @param epsilonMicros What the record says
    /// @param budgetMicros The budget
    error EpsilonOverBudget(uint64 epsilonMicros, uint64 budgetMicros);

    /// @notice A batch holds 1 to 64 contributions, and as many signatures.
    /// @param contributions How many contributions were given
    /// @param signatures How many signatures were given
    error BatchOutOfRange(uint256 contributions, uint256 signatures);

    /// @notice The evaluator has no commitment that waits to be opened.
    /// @param study The study
    /// @param evaluator The evaluator
    error NothingToReveal(bytes32 study, address evaluator);

    /// @notice The pending commitment is about another round.
    /// @param round The round of the refused valuation
    /// @param committedRound The round that was committed to
    error NotTheCommittedRound(uint32 round, uint32 committedRound);

    /// @notice The valuation is not the one that was committed to.
    /// @param structHash Struct hash of the refused valuation
    /// @param commitment What was committed to
    error NotTheCommitment(bytes32 structHash, bytes32 commitment);

    /// @notice At most eight words of scores, for 64 participants.
    /// @param words How many were given
    error TooManyScores(uint256 words);

    /// @notice Nobody has this position in the study.
    /// @param study The study
    /// @param position The position asked for
    error NoSuchPosition(bytes32 study, uint16 position);
}
