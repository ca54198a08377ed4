import type { Hex } from '../../base/bytes.ts';

/** What only the run of a demo knows, beside what an audit tells; plain JSON. */
export interface RunView {
  readonly title: string;
  /** When the run began, ISO 8601. */
  readonly startedAt: string;
  readonly durationSeconds: number;
  /** What was run, as the user would type it. */
  readonly command: string;
  readonly terms: {
    readonly dataset: string;
    /** Null where shares are even. */
    readonly alpha: number | null;
    readonly parameterCount: number;
    /** How updates are written. */
    readonly codec: string;
    /** Mean size of an update; as they are the parameters take four bytes each. */
    readonly updateBytes: number;
    readonly engine: string;
    readonly seed: string;
  };
  /** In the run's own order. */
  readonly members: readonly RunMember[];
  /** On the common test part if all data were in one place; null if it was not computed. */
  readonly accuracyPooled: number | null;
  readonly aucPooled: number | null;
  /** One row for each transaction that recorded something. */
  readonly gas: readonly { readonly kind: string; readonly gasUsed: number }[];
}

export interface RunMember {
  readonly account: Hex;
  /** Its position in the study, which is in order of joining and gives it its colour. */
  readonly position: number;
  /** What people call it, for instance "hospital 1". */
  readonly name: string;
  readonly samples: number;
  readonly accuracyAlone: number | null;
  readonly accuracyFederated: number | null;
  readonly aucAlone: number | null;
  readonly aucFederated: number | null;
  /** What its final model owes to each member, in the run's own order, in millionths of a nat; null where that is not known. */
  readonly modelCredits: readonly (number | null)[] | null;
  readonly bytesIn: number;
  readonly bytesOut: number;
  /** True if the run killed its process on purpose. */
  readonly killed: boolean;
}
