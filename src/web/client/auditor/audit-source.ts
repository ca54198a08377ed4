import type { AuditView, LogHead, StudyRow } from '../../auditor/audit-view.ts';
import type { ContributionView, ProofText, RecordName } from '../../auditor/contribution-view.ts';
import type { LineageView } from '../../auditor/lineage-view.ts';
import { type EntryPage, type EntryQuery, writeEntryQuery } from '../../auditor/query-entries.ts';
import { AskError, askJson } from '../shell/ask.ts';

/** Where an auditor's page has its data from: a server, or the page itself. */
export interface AuditSource {
  studies(signal: AbortSignal): Promise<readonly StudyRow[]>;
  view(study: string, signal: AbortSignal): Promise<AuditView>;
  /** Whether its log has grown. */
  head(study: string, signal: AbortSignal): Promise<LogHead>;
  entries(study: string, query: EntryQuery, signal: AbortSignal): Promise<EntryPage>;
  /** Null where there is no such record. */
  contribution(study: string, name: RecordName, signal: AbortSignal): Promise<ContributionView | null>;
  /** Null without a bundle. */
  lineage(study: string, signal: AbortSignal): Promise<LineageView | null>;
  /** Null where there is none to be had. */
  proof(study: string, name: RecordName & { readonly segment: number }): Promise<ProofText | null>;
}

/** The server that the page is from. */
export const serverSource: AuditSource = {
  studies: (signal) => askJson('/api/studies', signal),
  view: (study, signal) => askJson(`/api/studies/${encodeURIComponent(study)}`, signal),
  head: (study, signal) => askJson(`/api/studies/${encodeURIComponent(study)}/head`, signal),
  entries: (study, query, signal) =>
    askJson(`/api/studies/${encodeURIComponent(study)}/entries?${new URLSearchParams(writeEntryQuery(query))}`, signal),
  contribution: (study, name, signal) => askOrNull(recordPath(study, name), signal),
  lineage: (study, signal) => askOrNull(`/api/studies/${encodeURIComponent(study)}/lineage`, signal),
  proof: (study, { segment, ...name }) => askOrNull(`${recordPath(study, name)}/proof?segment=${segment}`, null),
};

const recordPath = (study: string, { account, round }: RecordName): string =>
  `/api/studies/${encodeURIComponent(study)}/contributions/${encodeURIComponent(account)}/${round}`;

async function askOrNull<T>(path: string, signal: AbortSignal | null): Promise<T | null> {
  try {
    return await askJson<T>(path, signal);
  } catch (error) {
    if (error instanceof AskError && error.failure === 'missing') return null;
    throw error;
  }
}
