import type { Hex } from '../base/bytes.ts';
import { ConsiliumError } from '../base/errors.ts';
import type { Contribution } from '../protocol/contribution.ts';
import type { LedgerDomain } from '../protocol/domain.ts';
import type { LedgerEntry } from '../protocol/ledger-entry.ts';
import type { Signed } from '../protocol/signature.ts';
import type { Valuation } from '../protocol/valuation.ts';

export type LedgerErrorCode =
  | 'ledger/unreachable'
  | 'ledger/not-our-contract'
  | 'ledger/reverted'
  | 'ledger/unknown-study'
  | 'ledger/inconsistent';

/** What goes wrong between us and the ledger. `ledger/unreachable` passes; the others need somebody. */
export class LedgerError extends ConsiliumError<LedgerErrorCode> {}

/** A study as the contract states it now. */
export interface StudyState {
  readonly rounds: number;
  readonly maximumMembers: number;
  readonly epsilonBudgetMicros: number;
  readonly participants: number;
  /** Number of entries in the study's log. */
  readonly length: number;
  readonly head: Hex;
  readonly open: boolean;
}

/** The part of the ledger that anybody can use: reading is free. */
export interface LedgerReader {
  readonly domain: LedgerDomain;
  /** Accounts that are members of the consortium now. @throws LedgerError */
  members(): Promise<Hex[]>;
  /** @returns null if there is no such study @throws LedgerError */
  study(study: Hex): Promise<StudyState | null>;
  /** The study's entries from sequence number `from` on, in order, as the events tell them. @throws LedgerError */
  entries(study: Hex, from: number): Promise<LedgerEntry[]>;
  /** Gas that a transaction used; null if the node does not know it. @throws LedgerError */
  gasUsed(transaction: Hex): Promise<number | null>;
}

/** The part that writes, under one member's key. Each call resolves once its transaction is in a block and did not revert. */
export interface LedgerWriter {
  /** @throws LedgerError */
  join(study: Hex, dataCommitment: Hex): Promise<void>;
  /** Records the member's own contribution. @throws LedgerError */
  contribute(contribution: Contribution): Promise<void>;
  /** Records other members' contributions under their signatures. @throws LedgerError */
  contributeFor(signed: readonly Signed<Contribution>[]): Promise<void>;
  /** @throws LedgerError */
  reveal(valuation: Valuation): Promise<void>;
}

export type Ledger = LedgerReader & LedgerWriter;
