import { LedgerError, type LedgerReader } from '../../src/ledger/ledger.ts';
import type { SyntheticStudy } from '../audit/synthetic-study.ts';

/**
 * The ledger of a synthetic study as it was after `length` entries.
 * @param reads takes down from where it is read
 */
export function ledgerAt(
  synthetic: SyntheticStudy,
  time: { length: number; isSilent?: boolean; isClosed?: boolean },
  reads: number[],
  forged: { head?: `0x${string}` } = {},
): LedgerReader {
  const reader = synthetic.ledger.as(synthetic.evidence.announcements[0]?.record.member ?? '0x');
  return {
    ...reader,
    domain: reader.domain,
    study: async (study) => {
      if (time.isSilent === true) throw new LedgerError('ledger/unreachable', 'no node answers');
      const state = await reader.study(study);
      const head = (await reader.entries(study, 0))[time.length - 1]?.head ?? '0x';
      return state && { ...state, length: time.length, head: forged.head ?? head, open: time.isClosed !== true };
    },
    entries: async (study, from) => {
      reads.push(from);
      return (await reader.entries(study, 0)).slice(from, time.length);
    },
  };
}
