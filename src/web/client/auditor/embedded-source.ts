import { queryEntries } from '../../auditor/query-entries.ts';
import type { ReportSnapshot } from '../../report/report-snapshot.ts';
import type { AuditSource } from './audit-source.ts';

/** The data that the page itself holds. */
export function embeddedSource({ row, view, entries, contributions, lineage }: ReportSnapshot): AuditSource {
  return {
    studies: async () => [row],
    view: async () => view,
    head: async () => ({ head: view.head, secondsAgo: null, againSeconds: null, isSilent: false }),
    entries: async (_study, query) => queryEntries(entries, query, view.members),
    contribution: async (_study, { account, round }) =>
      contributions.find(({ shown, account: now }) => {
        return shown.record.round === round && (shown.record.member === account || now === account);
      }) ?? null,
    lineage: async () => lineage,
    proof: async () => null,
  };
}
