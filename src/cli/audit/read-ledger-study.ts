import { checkLog } from '../../audit/check-log.ts';
import type { Finding } from '../../audit/finding.ts';
import type { Hex } from '../../base/bytes.ts';
import type { LedgerReader } from '../../ledger/ledger.ts';
import type { LedgerEntry } from '../../protocol/ledger-entry.ts';
import { usageError } from '../command-line.ts';

/**
 * The log of a study as a chain tells it, with its heads recomputed.
 * @param name the study's identifier, or enough of its beginning
 * @throws ConsiliumError `cli/usage` for a study that the ledger does not have; LedgerError
 */
export async function readLedgerStudy(
  ledger: LedgerReader,
  name: string,
): Promise<{ study: Hex; log: LedgerEntry[]; findings: Finding[] }> {
  const beginning = name.toLowerCase();
  const found = (await ledger.studies()).filter(({ study }) => study.startsWith(beginning));
  const [only] = found;
  if (only === undefined || found.length > 1 || !/^0x[0-9a-f]+$/.test(beginning)) {
    const problem = found.length > 1 ? 'is the beginning of several studies' : 'is no study of this ledger';
    throw usageError(`--study ${name} ${problem}; 'consilium audit list' without it shows them`);
  }
  const { study } = only;
  const state = await ledger.study(study);
  const log = await ledger.entries(study, 0);
  return { study, log, findings: checkLog(ledger.domain, study, log, state) };
}
