import type { Hex } from '../../base/bytes.ts';
import type { LedgerReader } from '../../ledger/ledger.ts';
import type { AuditedStudy } from './audited-study.ts';
import { type LedgerStudy, openLedgerStudy } from './open-ledger-study.ts';
import type { StudyShelf } from './routes.ts';

/** The one study of a bundle. */
export const shelfOfOne = (study: AuditedStudy): StudyShelf => ({
  list: async () => [study.row()],
  open: async (name) => (name === study.study ? study : null),
});

/** A ledger is read again for a page no sooner than this. */
const FRESH_MILLISECONDS = 5_000;
/** Studies whose logs are kept in memory. */
const KEPT_STUDIES = 4;

/**
 * All studies of a ledger. Logs that were read are kept for a few seconds, those of the newest few studies.
 * @param now milliseconds of a clock that never goes back
 */
export function shelfOfLedger(ledger: LedgerReader, now: () => number): StudyShelf {
  const kept = new Map<Hex, { readonly at: number; readonly opened: Promise<LedgerStudy> }>();
  return {
    async list() {
      const opened = await ledger.studies();
      const states = await Promise.all(opened.map(({ study }) => ledger.study(study)));
      return opened.flatMap(({ study }, i) => {
        const state = states[i];
        if (state == null) return [];
        const { rounds, participants, length, open } = state;
        return {
          study,
          title: null,
          state: open ? ('open' as const) : ('closed' as const),
          rounds,
          participants,
          entries: length,
        };
      });
    },
    async open(study) {
      const found = kept.get(study);
      if (found !== undefined && now() - found.at < FRESH_MILLISECONDS) return found.opened;
      if ((await ledger.study(study)) === null) return null;
      const earlier = found === undefined ? null : await found.opened.catch(() => null);
      const opened = openLedgerStudy(ledger, study, earlier);
      kept.delete(study);
      kept.set(study, { at: now(), opened });
      opened.catch(() => kept.delete(study));
      for (const oldest of kept.keys()) if (kept.size > KEPT_STUDIES) kept.delete(oldest);
      return opened;
    },
  };
}
