import type { Finding, Notice } from '../audit/finding.ts';
import type { ParticipationTable } from '../audit/participation-table.ts';
import type { Hex } from '../base/bytes.ts';

/** Everything that a report shows; plain JSON. */
export interface ReportData {
  readonly title: string;
  readonly study: Hex;
  readonly contract: Hex;
  readonly chainId: number;
  /** When the run began, ISO 8601. */
  readonly startedAt: string;
  readonly durationSeconds: number;
  /** What was run, as the user would type it. */
  readonly command: string;
  readonly terms: {
    readonly dataset: string;
    readonly alpha: number;
    readonly rounds: number;
    readonly segments: number;
    readonly pulls: number;
    readonly parameterCount: number;
    /** How updates are written. */
    readonly codec: string;
    /** Mean size of an update; as they are the parameters take four bytes each. */
    readonly updateBytes: number;
    readonly engine: string;
    readonly seed: string;
  };
  /** In order of position. */
  readonly members: readonly ReportMember[];
  /** Who was expected and heard of in which round. */
  readonly participation: Pick<ParticipationTable, 'rows' | 'totals'>;
  /** Accuracy on the common test part if all data were in one place; null if it was not computed. */
  readonly accuracyPooled: number | null;
  readonly aucPooled: number | null;
  /** Round scores in millionths of a nat: medians over the other members' reports; null where fewer than three scored it. */
  readonly scoresByRound: readonly { readonly round: number; readonly scores: Readonly<Record<Hex, number | null>> }[];
  /** What each mix was made of; the contribution of (member, round) is trained from the mix of (member, round − 1). */
  readonly mixes: readonly ReportMix[];
  /** One row for each transaction that recorded something. */
  readonly gas: readonly {
    readonly kind: string;
    readonly member: Hex | null;
    readonly round: number | null;
    readonly gasUsed: number;
  }[];
  readonly records: {
    readonly contributions: number;
    readonly closings: number;
    readonly anchored: number;
    readonly valuations: number;
    readonly mixesReplayed: number;
  };
  readonly findings: readonly Finding[];
  readonly notices: readonly Notice[];
}

export interface ReportMember {
  readonly address: Hex;
  /** What people call it, for instance "hospital 1". */
  readonly name: string;
  readonly samples: number;
  readonly accuracyAlone: number | null;
  readonly accuracyFederated: number | null;
  readonly aucFederated: number | null;
  /** Null where too few others scored it. */
  readonly scoreMicros: number | null;
  /** What its training is worth to the final models, traced through the mixes; null where that is not known. */
  readonly tracedMicros: number | null;
  /** What its final model owes to each member, in order of position; null where that is not known. */
  readonly modelCredits: readonly number[] | null;
  readonly signed: number;
  readonly expected: number;
  readonly anchored: number;
  /** Of those, recorded after a quorum of the others had recorded a later round. */
  readonly late: number;
  /** True if the run killed its process on purpose. */
  readonly killed: boolean;
  readonly bytesIn: number;
  readonly bytesOut: number;
  /** Figures of the base of each round, the last of the final model. */
  readonly series: readonly ReportPoint[];
}

export interface ReportPoint {
  readonly round: number;
  readonly heldOut: { readonly loss: number; readonly accuracy: number | null };
  readonly common: { readonly loss: number; readonly accuracy: number | null; readonly auc: number | null } | null;
}

export interface ReportMix {
  readonly member: Hex;
  readonly round: number;
  /** Contributions mixed, with their mean weight over the segments. */
  readonly sources: readonly { readonly member: Hex; readonly round: number; readonly weight: number }[];
}
