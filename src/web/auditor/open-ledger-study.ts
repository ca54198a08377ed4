import { checkLog } from '../../audit/check-log.ts';
import { listEntries } from '../../audit/list-entries.ts';
import type { Hex } from '../../base/bytes.ts';
import { LedgerError, type LedgerReader } from '../../ledger/ledger.ts';
import type { AuditedStudy } from './audited-study.ts';
import { queryEntries } from './query-entries.ts';
import { viewOfLog } from './view-of-log.ts';

/** The ledger does not know from which quorum on the others are ahead, so nobody is late by it alone. */
const NEVER_LATE = { quorum: Number.POSITIVE_INFINITY };

/**
 * Opens a study of a ledger as its log alone tells it: no signatures, mixes or metrics.
 * @throws LedgerError, `ledger/unknown-study` if the ledger has no such study
 */
export async function openLedgerStudy(ledger: LedgerReader, study: Hex): Promise<AuditedStudy> {
  const state = await ledger.study(study);
  if (state === null) throw new LedgerError('ledger/unknown-study', `the ledger has no study ${study}`);
  const log = await ledger.entries(study, 0);
  const findings = checkLog(ledger.domain, study, log, state);
  const rows = listEntries(log, null, { accounts: null, round: null, kind: null });
  const { rounds, participants, length, open } = state;
  const ofLog = viewOfLog(log, { rounds, waiting: NEVER_LATE });
  return {
    study,
    row: () => ({ study, title: null, state: open ? 'open' : 'closed', rounds, participants, entries: length }),
    view: () => ({
      study,
      ...ledger.domain,
      chainRead: true,
      hasBundle: false,
      manifest: null,
      rounds,
      ...ofLog,
      metrics: [],
      check: { state: 'done', findings, notices: [], mixesReplayed: null },
    }),
    entries: (query) => queryEntries(rows, query),
    contribution: async () => null,
    proof: async () => null,
    lineage: async () => null,
  };
}
