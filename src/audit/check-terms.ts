import type { LedgerEntry } from '../protocol/ledger-entry.ts';
import type { Manifest } from '../protocol/manifest.ts';
import type { Finding } from './finding.ts';

/** What the ledger says of the study as it was opened must be what its manifest says. @param log its beginning is enough */
export function checkTerms(log: readonly LedgerEntry[], manifest: Manifest): Finding[] {
  const opened = log.find((entry) => entry.kind === 'opened');
  if (
    opened?.record.rounds === manifest.rounds &&
    opened.record.maximumMembers === manifest.maximumMembers &&
    opened.record.stalenessBound === manifest.staleness.boundRounds &&
    opened.record.epsilonBudgetMicros === manifest.epsilonBudgetMicros &&
    opened.record.deltaBudgetPicos === manifest.deltaBudgetPicos
  ) {
    return [];
  }
  return [
    { code: 'audit/manifest-mismatch', message: 'the study was opened with other terms than its manifest states' },
  ];
}
