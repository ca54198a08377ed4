import type { Hex } from '../base/bytes.ts';
import { ConsiliumError } from '../base/errors.ts';
import type { Checkpoint } from '../protocol/checkpoint.ts';
import type { Contribution } from '../protocol/contribution.ts';
import type { LedgerDomain } from '../protocol/domain.ts';
import type { LedgerEntry } from '../protocol/ledger-entry.ts';
import type { Signature, Signed } from '../protocol/signature.ts';
import type { Valuation } from '../protocol/valuation.ts';

export type LedgerErrorCode =
  | 'ledger/unreachable'
  | 'ledger/wrong-chain'
  | 'ledger/not-our-contract'
  | 'ledger/reverted'
  | 'ledger/unknown-study'
  | 'ledger/inconsistent'
  | 'ledger/signer-unavailable'
  | 'ledger/signer-lied';

/** What goes wrong between us and the ledger. `ledger/unreachable` passes; the others need somebody. */
export class LedgerError extends ConsiliumError<LedgerErrorCode> {}

/** A study as the contract states it now. */
export interface StudyState {
  readonly rounds: number;
  readonly maximumMembers: number;
  readonly stalenessBound: number;
  readonly epsilonBudgetMicros: number;
  readonly deltaBudgetPicos: number;
  readonly participants: number;
  /** Number of entries in the study's log. */
  readonly length: number;
  readonly head: Hex;
  readonly open: boolean;
}

/** A study, and since when there has been one. */
export interface OpenedStudy {
  readonly study: Hex;
  readonly blockNumber: number;
}

/** What became of a transaction. */
export interface Receipt {
  readonly blockNumber: number;
  readonly gasUsed: number;
}

/** A change of a member's standing in the consortium, as the Membership contract's events tell. */
export interface StandingChange {
  readonly change: 'admitted' | 'suspended' | 'reinstated' | 'removed' | 'rotated';
  /** The member's number, which it keeps whatever its key. */
  readonly index: number;
  /** The account that it has from now on. */
  readonly account: Hex;
  readonly blockNumber: number;
}

/** The part of the ledger that anybody can use: reading is free. */
export interface LedgerReader {
  readonly domain: LedgerDomain;
  /** Accounts that are members of the consortium now. @throws LedgerError */
  members(): Promise<Hex[]>;
  /** Who became a member of the consortium, and ceased to be one, in order. @throws LedgerError */
  standingChanges(): Promise<StandingChange[]>;
  /** All studies, in the order in which they were opened. @throws LedgerError */
  studies(): Promise<OpenedStudy[]>;
  /** @returns null if there is no such study @throws LedgerError */
  study(study: Hex): Promise<StudyState | null>;
  /** The study's entries from sequence number `from` on, in order, as the events tell them. @throws LedgerError */
  entries(study: Hex, from: number): Promise<LedgerEntry[]>;
  /** Number of the newest block. @throws LedgerError */
  blockNumber(): Promise<number>;
  /** Where a transaction is and what it cost; null if it is in no block. @throws LedgerError */
  receipt(transaction: Hex): Promise<Receipt | null>;
}

/** The part that writes, under one member's key. Each call resolves once its transaction is in a block and did not revert. */
export interface LedgerWriter {
  /** Joins a study, or joins again after an interruption. @throws LedgerError */
  join(study: Hex, dataCommitment: Hex): Promise<void>;
  /** Leaves a study, for good. @throws LedgerError */
  withdraw(study: Hex): Promise<void>;
  /** Records the member's own contribution. @throws LedgerError */
  contribute(contribution: Contribution): Promise<void>;
  /** Records other members' contributions under their signatures. @throws LedgerError */
  contributeFor(signed: readonly Signed<Contribution>[]): Promise<void>;
  /** Opens commitments, in order; anybody's. @throws LedgerError */
  reveal(valuations: readonly Valuation[]): Promise<void>;
  /** Enters into the log that a participant lost its standing in the consortium. @throws LedgerError */
  exclude(study: Hex, member: Hex): Promise<void>;
  /** Records two contributions that one member signed for one round. @throws LedgerError */
  reportEquivocation(first: Signed<Contribution>, second: Signed<Contribution>): Promise<void>;
  /** Records a head that a quorum of participants signed. @param cosigners in ascending order of position @throws LedgerError */
  checkpoint(checkpoint: Checkpoint, cosigners: readonly Cosigner[]): Promise<void>;
}

/** A participant's signature of a checkpoint. */
export interface Cosigner {
  readonly position: number;
  readonly signature: Signature;
}

export type Ledger = LedgerReader & LedgerWriter;
