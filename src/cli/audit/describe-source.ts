import type { AuditReport } from '../../audit/audit-study.ts';

/** What a report is about, and whether the chain was asked. */
export function describeSource(report: Pick<AuditReport, 'study' | 'contract' | 'chainId' | 'chainRead'>): string {
  const { study, contract, chainId, chainRead } = report;
  const ledger = `ledger ${contract} on chain ${chainId}`;
  return `study ${study}\n${ledger}${chainRead ? '' : ' (not asked: the log is the copy in the bundle)'}`;
}
