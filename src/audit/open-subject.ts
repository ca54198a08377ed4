import type { Hex } from '../base/bytes.ts';
import type { LedgerReader } from '../ledger/ledger.ts';
import { AuditError } from './audit-error.ts';
import { type AuditSubject, auditSubject } from './audit-subject.ts';
import type { Finding } from './finding.ts';
import type { Bundle } from './read-bundle.ts';
import { readStudyLog } from './read-study-log.ts';

/** What a report is about. */
export interface ReportSource {
  readonly study: Hex;
  readonly chainId: number;
  readonly contract: Hex;
  /** False if the log is the bundle's copy and no chain was asked. */
  readonly chainRead: boolean;
}

export interface OpenedSubject {
  readonly source: ReportSource;
  readonly subject: AuditSubject;
  /** What is wrong with the log. */
  readonly findings: readonly Finding[];
}

/**
 * Puts bundle and log together.
 * @param ledger the chain; null to go by the bundle's own copy of the log
 * @throws AuditError `audit/bundle-of-another-contract`, `audit/manifest-missing`; LedgerError
 */
export async function openSubject(bundle: Bundle, ledger: LedgerReader | null): Promise<OpenedSubject> {
  const { study, chainId, contract } = bundle.evidence;
  const { log, findings } = await readStudyLog(bundle, ledger);
  if (bundle.manifest === null) {
    throw new AuditError(
      'audit/manifest-missing',
      "the bundle does not hold the manifest with the study's digest; 'consilium audit verify' says what else is wrong with it",
    );
  }
  const domain = { chainId, contract };
  return {
    source: { study, ...domain, chainRead: ledger !== null },
    subject: auditSubject({ domain, manifest: bundle.manifest, bundle, log }),
    findings,
  };
}
