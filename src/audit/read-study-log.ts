import type { LedgerReader, StudyState } from '../ledger/ledger.ts';
import type { LedgerEntry } from '../protocol/ledger-entry.ts';
import { AuditError } from './audit-error.ts';
import { checkExportedLog, checkLog, noticeShortCopy } from './check-log.ts';
import type { Finding, Notice } from './finding.ts';
import type { Bundle } from './read-bundle.ts';

/** A study's log, as the chain tells it or as the bundle copies it, and what is wrong with it. */
export interface StudyLog {
  readonly log: readonly LedgerEntry[];
  readonly findings: readonly Finding[];
  readonly notices: readonly Notice[];
}

/**
 * The log that an audit goes by: sequence numbers and heads are recomputed, and the bundle's copy is compared with the chain's. What is wrong
 * with the bundle's file comes first: a list of it that cannot be read may be a part of the log.
 * @param ledger the chain; null to take the bundle's own copy, offline
 * @throws AuditError `audit/bundle-of-another-contract`; LedgerError
 */
export async function readStudyLog(bundle: Bundle, ledger: LedgerReader | null): Promise<StudyLog> {
  const { evidence, faults } = bundle;
  const { study } = evidence;
  const domain = { chainId: evidence.chainId, contract: evidence.contract };
  if (ledger === null) {
    return { log: evidence.log, findings: [...faults, ...checkLog(domain, study, evidence.log, null)], notices: [] };
  }
  if (ledger.domain.chainId !== domain.chainId || ledger.domain.contract !== domain.contract) {
    throw new AuditError(
      'audit/bundle-of-another-contract',
      `the bundle is about contract ${domain.contract} on chain ${domain.chainId}, not ${ledger.domain.contract} on ${ledger.domain.chainId}`,
    );
  }
  const state: StudyState | null = await ledger.study(study);
  const log = await ledger.entries(study, 0);
  const findings: Finding[] = checkLog(domain, study, log, state);
  if (state === null) findings.push({ code: 'audit/study-unknown', message: `the ledger has no study ${study}` });
  return {
    log,
    findings: [...faults, ...findings, ...checkExportedLog(evidence.log, log)],
    notices: noticeShortCopy(evidence.log, log),
  };
}
