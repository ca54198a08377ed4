import { checkLog } from '../../audit/check-log.ts';
import { listEntries } from '../../audit/list-entries.ts';
import type { Hex } from '../../base/bytes.ts';
import { LedgerError, type LedgerReader } from '../../ledger/ledger.ts';
import type { LedgerEntry } from '../../protocol/ledger-entry.ts';
import type { AuditedStudy } from './audited-study.ts';
import { queryEntries } from './query-entries.ts';
import { viewOfLog } from './view-of-log.ts';

/** The ledger does not know from which quorum on the others are ahead, so nobody is late by it alone. */
const NEVER_LATE = { quorum: Number.POSITIVE_INFINITY };

/** A study of which only the log is known. */
export interface LedgerStudy extends AuditedStudy {
  readonly log: readonly LedgerEntry[];
}

/**
 * Opens a study of a ledger as its log alone tells it: no signatures, mixes or metrics.
 * @param earlier what was read of it before; only what came since is read, unless the ledger tells another story now
 * @throws LedgerError, `ledger/unknown-study` if the ledger has no such study
 */
export async function openLedgerStudy(
  ledger: LedgerReader,
  study: Hex,
  earlier: LedgerStudy | null = null,
): Promise<LedgerStudy> {
  const state = await ledger.study(study);
  if (state === null) throw new LedgerError('ledger/unknown-study', `the ledger has no study ${study}`);
  const known = earlier?.log ?? [];
  if (earlier !== null && known.at(-1)?.head === state.head) return earlier;
  const log = [...known, ...(await ledger.entries(study, known.length))];
  const findings = checkLog(ledger.domain, study, log, state);
  if (earlier !== null && findings.length > 0) return openLedgerStudy(ledger, study);
  const rows = listEntries(log, null, { accounts: null, round: null, kind: null });
  const { rounds, participants, length, open } = state;
  const ofLog = await viewOfLog(log, { rounds, waiting: NEVER_LATE });
  return {
    study,
    log,
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
    entries: (query) => queryEntries(rows, query, ofLog.members),
    contribution: async () => null,
    proof: async () => null,
    lineage: async () => null,
  };
}
