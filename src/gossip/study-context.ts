import type { Hex } from '../base/bytes.ts';
import type { LedgerDomain } from '../protocol/domain.ts';

/** What a validator needs to know about the study and about what this peer has seen of it. */
export interface StudyContext {
  readonly domain: LedgerDomain;
  readonly study: Hex;
  readonly rounds: number;
  readonly segments: number;
  readonly epsilonBudgetMicros: number;
  /** True for a current participant of the study. */
  isParticipant(account: Hex): boolean;
  /** Struct hash of the contribution known for this member and round. */
  knownContribution(member: Hex, round: number): Hex | undefined;
  /** The commitment to the evaluator's scores of `round`, once its next contribution is known. */
  knownCommitment(evaluator: Hex, round: number): Hex | undefined;
  /** True if the evaluator's scores of `round` are known here. */
  knownReveal(evaluator: Hex, round: number): boolean;
  /** Struct hash of the checkpoint known for this member and round. */
  knownCheckpoint(member: Hex, round: number): Hex | undefined;
}
