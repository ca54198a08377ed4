import type { Hex } from '../../base/bytes.ts';
import type { AuditView, StudyRow } from './audit-view.ts';
import type { ContributionView, ProofText, RecordName } from './contribution-view.ts';
import type { LineageView } from './lineage-view.ts';
import type { EntryPage, EntryQuery } from './query-entries.ts';

/** A study that an auditor looks at, from a bundle or from a ledger alone. */
export interface AuditedStudy {
  readonly study: Hex;
  row(): StudyRow;
  view(): AuditView;
  entries(query: EntryQuery): EntryPage;
  /** Null if there is none, and without a bundle. */
  contribution(name: RecordName): Promise<ContributionView | null>;
  /** Null if there is no such record, and without a bundle. */
  proof(name: RecordName & { readonly segment: number }): Promise<ProofText | null>;
  /** Null without a bundle. */
  lineage(): Promise<LineageView | null>;
}
