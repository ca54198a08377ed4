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

    /// @notice The window for revealing scores has at least one block.
    error ZeroRevealWindow();

    /// @notice A study has 1 to 100,000 rounds.
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

    /// @notice The consent was to be recorded before.
    /// @param deadline Its last second, since 1970
    error DeadlinePassed(uint64 deadline);

    /// @notice The member takes part already; who withdrew cannot come back to the same study.
    /// @param study The study
    /// @param member The member
    error AlreadyJoined(bytes32 study, address member);

    /// @notice As many members joined as the study allows.
    /// @param study The study
    error StudyFull(bytes32 study);

    /// @notice A member joins with a commitment to its data.
    error ZeroDataCommitment();

    /// @notice A consent or checkpoint that was signed is recorded once.
    /// @param structHash Struct hash of the record that was before
    error RecordedBefore(bytes32 structHash);

    /// @notice The account never joined the study; or does not take part any more, and so cannot co-sign.
    /// @param study The study
    /// @param account The account
    error NotParticipant(bytes32 study, address account);

    /// @notice The participant withdrew from the study.
    /// @param study The study
    /// @param member The participant
    error HasWithdrawn(bytes32 study, address member);

    /// @notice The account's standing changed after it last joined or recorded; it has to join the study again.
    /// @param study The study
    /// @param member The account
    error MembershipInterrupted(bytes32 study, address member);

    /// @notice Only who is suspended or no longer a member is excluded, and only once.
    /// @param study The study
    /// @param member The account
    error NothingToExclude(bytes32 study, address member);

    /// @notice The participant withdrew or was excluded before this round.
    /// @param round The round of the refused record
    /// @param endRound The first round that the participant may not record
    error RoundAfterEnd(uint32 round, uint32 endRound);

    /// @notice A record is sent by its member, or carries its member's signature.
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

    /// @notice The evaluator has no unopened commitment to these scores.
    /// @param study The study
    /// @param evaluator The evaluator
    /// @param structHash Struct hash of the refused valuation
    error NotTheCommitment(bytes32 study, address evaluator, bytes32 structHash);

    /// @notice The scores were to be revealed before.
    /// @param lastBlock The last block of the window
    error RevealTooLate(uint256 lastBlock);

    /// @notice At most eight words of scores, for 64 participants.
    /// @param words How many were given
    error TooManyScores(uint256 words);

    /// @notice Nobody has this position in the study.
    /// @param study The study
    /// @param position The position asked for
    error NoSuchPosition(bytes32 study, uint256 position);

    /// @notice A valuation is about another study or round, or was not revealed, or the round is too long ago.
    /// @param evaluator The evaluator whose valuation it is
    error NotARevealedValuation(address evaluator);

    /// @notice Valuations are given in ascending order of the target's score, then of the evaluator, none twice.
    /// @param index The index of the first that is not
    error NotInOrder(uint256 index);

    /// @notice A member's score of itself does not count.
    /// @param evaluator The member
    error SelfScore(address evaluator);

    /// @notice A median is over all valuations that were revealed.
    /// @param given How many were given
    /// @param revealed How many were revealed
    error ValuationsMissing(uint256 given, uint256 revealed);

    /// @notice The two records do not contradict each other.
    error NoEquivocation();

    /// @notice The equivocation is on the ledger already.
    /// @param study The study
    /// @param member The member
    /// @param round The round
    error EquivocationKnown(bytes32 study, address member, uint32 round);

    /// @notice A checkpoint is of a head that the log has reached.
    /// @param entries How many entries the signed head counts
    /// @param entryCount How many the log has
    error CheckpointAhead(uint32 entries, uint32 entryCount);

    /// @notice Signers are given by position, in ascending order, with one signature each.
    /// @param signers How many positions were given
    /// @param signatures How many signatures were given
    error SignersOutOfOrder(uint256 signers, uint256 signatures);

    /// @notice Fewer than the quorum signed.
    /// @param signers How many signed
    /// @param required How many have to
    error QuorumMissed(uint256 signers, uint256 required);

    /// @notice Only the administrator of the membership contract may do this.
    /// @param account The account that is not
    error NotTheAdministrator(address account);

    /// @notice A successor was named before, or the address holds no code, or is this contract.
    /// @param successor The address
    error BadSuccessor(address successor);

    /// @notice No successor waits to become effective.
    error NothingToCancel();

    /// @notice New studies are opened on the successor.
    /// @param successor The contract that succeeded this one
    error Succeeded(address successor);
}
