import type { Finding, Notice } from '../../audit/finding.ts';
import type { MetricsRow } from '../../audit/metrics-table.ts';
import type { Hex } from '../../base/bytes.ts';
import type { Manifest } from '../../protocol/manifest.ts';
import type { RoundState } from '../../protocol/participation.ts';
import type { StudyRank } from '../../valuation/study-ranks.ts';

/** A study that can be looked at. */
export interface StudyRow {
  readonly study: Hex;
  /** Null where only the ledger is known, which has no titles. */
  readonly title: string | null;
  readonly state: 'open' | 'closed';
  readonly rounds: number;
  readonly participants: number;
  readonly entries: number;
}

/** Where a study's log stands, for a page that follows it. */
export interface LogHead {
  /** Of the newest entry that was read; null for an empty log. */
  readonly head: Hex | null;
  /** How long ago the chain was read; null where no chain is followed. */
  readonly secondsAgo: number | null;
  /** When to ask again; null where the log cannot grow any more: a closed study, a bundle. */
  readonly againSeconds: number | null;
  /** True while the chain does not answer: then all is as it was when it did. */
  readonly isSilent: boolean;
}

/** What an auditor's page shows of a study, but for the single records; plain JSON. */
export interface AuditView {
  readonly study: Hex;
  readonly chainId: number;
  readonly contract: Hex;
  /** False if the log is the bundle's copy and no chain was asked. */
  readonly chainRead: boolean;
  /** False if only the ledger was asked: then there are no signatures, mixes and metrics to look at. */
  readonly hasBundle: boolean;
  readonly manifest: Manifest | null;
  readonly rounds: number;
  readonly head: Hex | null;
  /** Number of entries of the log by kind. */
  readonly entries: Readonly<Record<string, number>>;
  /** In order of position. */
  readonly members: readonly MemberRow[];
  readonly valuations: readonly ValuationRound[];
  readonly valuationTotal: ValuationTotal;
  /** By round, then in the order of the log; empty without a bundle. */
  readonly metrics: readonly MetricsRow[];
  readonly check: CheckState;
}

export interface MemberRow {
  readonly position: number;
  /** What people call it; null where nobody said. No record holds it. */
  readonly name: string | null;
  /** The account that it has now, and all that it had. */
  readonly account: Hex;
  readonly accounts: readonly Hex[];
  /** Largest stated number of training records; null if it stated none. */
  readonly samples: number | null;
  /** The study's score in millionths of a nat; null where too few others scored it. */
  readonly scoreMicros: number | null;
  readonly rank: StudyRank | null;
  /** What its training is worth to the final models, traced; null until the bundle was checked, and without one. */
  readonly tracedMicros: number | null;
  /** How its scores of others go with theirs, −1 to 1; null if there is nothing to compare. */
  readonly agreement: number | null;
  readonly epsilonMicros: number;
  /** One state a training round. */
  readonly parts: readonly RoundState[];
  readonly finalModel: Hex | null;
  /** The first round that it may not record; null while it takes part. */
  readonly endRound: number | null;
}

/** What was revealed of one round. */
export interface ValuationRound extends ValuationTable {
  readonly round: number;
}

/** What was revealed of all rounds: sums, and with how much the rounds in which an evaluator said nothing are missing from its sums. */
export interface ValuationTotal extends ValuationTable {
  /** In how many rounds an evaluator scored a member, by their positions. */
  readonly rounds: readonly (readonly number[])[];
}

/** Who said what of whom, in millionths of a nat. */
export interface ValuationTable {
  /** By position of the evaluator, then of the member; null where nothing was said, and for the evaluator itself. */
  readonly reports: readonly (readonly (number | null)[] | null)[];
  /** By position of the member; null where fewer than three others scored it. */
  readonly medians: readonly (number | null)[];
  /** Median distance of the reports from their median; null where fewer than three others scored it. */
  readonly disagreements: readonly (number | null)[];
}

/** How far the check of the whole study is: records, log and, with a bundle, all mixes. */
export type CheckState =
  | { readonly state: 'running'; readonly done: number; readonly total: number }
  | {
      readonly state: 'done';
      readonly findings: readonly Finding[];
      readonly notices: readonly Notice[];
      /** Null without a bundle: then there are no mixes to repeat. */
      readonly mixesReplayed: number | null;
    }
  | { readonly state: 'failed'; readonly reason: string };
