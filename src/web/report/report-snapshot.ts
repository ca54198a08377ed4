import type { ListedEntry } from '../../audit/list-entries.ts';
import type { AuditView, StudyRow } from '../auditor/audit-view.ts';
import type { ContributionView } from '../auditor/contribution-view.ts';
import type { LineageView } from '../auditor/lineage-view.ts';
import type { BundleStudy } from '../auditor/open-bundle-study.ts';
import type { RunView } from './run-view.ts';

/** All that a report shows: an auditor's page in one piece, and the run. */
export interface ReportSnapshot {
  readonly run: RunView;
  readonly row: StudyRow;
  readonly view: AuditView;
  readonly entries: readonly ListedEntry[];
  /** Without proofs: each would be kilobytes, and whoever wants one cuts it out of the bundle. */
  readonly contributions: readonly ContributionView[];
  readonly lineage: LineageView;
}

/** Takes everything of a study that a page could ask for. */
export async function takeSnapshot(study: BundleStudy, run: RunView): Promise<ReportSnapshot> {
  const [lineage, contributions] = [await study.lineage(), await study.contributions()];
  return { run, row: study.row(), view: study.view(), entries: study.rows, contributions, lineage };
}
