import { type AuditReport, auditStudy } from '../../audit/audit-study.ts';
import type { AuditSubject } from '../../audit/audit-subject.ts';
import { type ListedEntry, listEntries } from '../../audit/list-entries.ts';
import { tabulateMetrics } from '../../audit/metrics-table.ts';
import { openSubject } from '../../audit/open-subject.ts';
import type { Bundle } from '../../audit/read-bundle.ts';
import type { Hex } from '../../base/bytes.ts';
import { messageOf } from '../../base/errors.ts';
import type { LedgerReader } from '../../ledger/ledger.ts';
import type { AuditView, CheckState } from './audit-view.ts';
import type { AuditedStudy } from './audited-study.ts';
import { type ContributionView, contributionView, contributionWithoutProof, proofText } from './contribution-view.ts';
import { type LineageView, lineageView } from './lineage-view.ts';
import { queryEntries } from './query-entries.ts';
import { viewOfLog } from './view-of-log.ts';

const EVERYTHING = { accounts: null, round: null, kind: null };

/** A study from its bundle, whose check goes on by itself. */
export interface BundleStudy extends AuditedStudy {
  /** Resolves when everything was checked, or the check failed. */
  readonly checked: Promise<void>;
  /** All entries of the log, and what was signed and not recorded. */
  readonly rows: readonly ListedEntry[];
  lineage(): Promise<LineageView>;
  /** Of every record, without proofs. */
  contributions(): Promise<ContributionView[]>;
}

export interface BundleStudyOptions {
  /** What an audit came to already; without it the study is audited now. */
  readonly known?: AuditReport;
  /** What people call the members, by account. */
  readonly names?: Readonly<Record<Hex, string>>;
}

/**
 * Opens the study of a bundle for an auditor's page, and begins to check it.
 * @param ledger the chain; null to go by the bundle's own copy of the log
 * @throws AuditError `audit/bundle-of-another-contract`, `audit/manifest-missing`; LedgerError
 */
export async function openBundleStudy(
  bundle: Bundle,
  ledger: LedgerReader | null,
  { known, names = {} }: BundleStudyOptions = {},
): Promise<BundleStudy> {
  const { source, subject } = await openSubject(bundle, ledger);
  const { manifest, log } = subject;
  const rows = listEntries(log, bundle.evidence.announcements, EVERYTHING);
  const metrics = (await tabulateMetrics(bundle, ledger)).rows;
  const ofLog = await viewOfLog(log, manifest);
  let check: CheckState = { state: 'running', done: 0, total: 0 };
  let traced: AuditReport['members'] = [];
  const onProgress = (done: number, total: number): void => {
    check = { state: 'running', done, total };
  };
  const audited = known === undefined ? auditStudy(bundle, { ledger, onProgress }) : Promise.resolve(known);
  const checked = audited.then(
    ({ findings, notices, records, members }) => {
      check = { state: 'done', findings, notices, mixesReplayed: records.mixesReplayed };
      traced = members;
    },
    (error: unknown) => {
      check = { state: 'failed', reason: messageOf(error) };
    },
  );
  let drawn: Promise<LineageView> | null = null;
  const lineage = (): Promise<LineageView> => (drawn ??= lineageView(subject));
  return {
    study: source.study,
    checked,
    rows,
    row: () => ({
      study: source.study,
      title: manifest.title,
      state: log.at(-1)?.kind === 'closed' ? 'closed' : 'open',
      rounds: manifest.rounds,
      participants: subject.participants.length,
      entries: log.length,
    }),
    view: (): AuditView => ({
      ...source,
      hasBundle: true,
      manifest,
      rounds: manifest.rounds,
      ...ofLog,
      members: ofLog.members.map((member) => ({
        ...member,
        name: names[member.account] ?? null,
        tracedMicros: traced.find(({ address }) => address === member.account)?.tracedMicros ?? null,
      })),
      metrics,
      check,
    }),
    entries: (query) => queryEntries(rows, query, ofLog.members),
    contribution: async (name) => contributionView(subject, await lineage(), name),
    proof: async (name) => findProof(subject, name),
    lineage,
    contributions: async () => {
      const drawing = await lineage();
      const all = drawing.nodes.map(({ account, round }) =>
        contributionWithoutProof(subject, drawing, { account, round }),
      );
      return (await Promise.all(all)).filter((each) => each !== null);
    },
  };
}

function findProof(subject: AuditSubject, name: { account: string; round: number; segment: number }) {
  const account = [...subject.announcements.values()].find(
    ({ record }) => record.round === name.round && record.member === name.account,
  )?.record.member;
  return account === undefined ? null : proofText(subject, { ...name, account });
}
