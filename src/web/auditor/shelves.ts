import type { Hex } from '../../base/bytes.ts';
import { isConsiliumError } from '../../base/errors.ts';
import type { LedgerReader } from '../../ledger/ledger.ts';
import type { StudyRow } from './audit-view.ts';
import type { AuditedStudy } from './audited-study.ts';
import { type LedgerStudy, openLedgerStudy } from './open-ledger-study.ts';
import type { StudyShelf } from './routes.ts';

/** The one study of a bundle: it stays as it was written. */
export const shelfOfOne = (study: AuditedStudy): StudyShelf => ({
  list: async () => [study.row()],
  open: async (name) => (name === study.study ? study : null),
  look: async (name) =>
    name === study.study ? { head: study.view().head, secondsAgo: null, againSeconds: null, isSilent: false } : null,
});

/** A ledger is read again for a page no sooner than this. */
const FRESH_MILLISECONDS = 5_000;
/** Reading a long log that grows takes at most this share of the time. */
const MOST_TIME_SHARE = 0.2;
/** Studies whose logs are kept in memory. */
const KEPT_STUDIES = 4;

interface KeptStudy {
  readonly opened: LedgerStudy;
  /** When it was read last, and from when on it may be read again. */
  readonly at: number;
  readonly nextAt: number;
}

/**
 * All studies of a ledger. Logs that were read are kept, those of the newest few studies, and only what came since is read; while the ledger does not
 * answer they are shown as they were.
 * @param now milliseconds of a clock that never goes back
 */
export function shelfOfLedger(
  ledger: LedgerReader,
  now: () => number,
  freshMilliseconds = FRESH_MILLISECONDS,
): StudyShelf {
  const kept = new Map<Hex, KeptStudy>();
  const reading = new Map<Hex, Promise<KeptStudy>>();

  const readAgain = async (study: Hex): Promise<KeptStudy> => {
    const at = now();
    const opened = await openLedgerStudy(ledger, study, kept.get(study)?.opened);
    const nextAt = Math.max(at + freshMilliseconds, now() + (now() - at) / MOST_TIME_SHARE);
    const read = { opened, at, nextAt };
    kept.delete(study);
    kept.set(study, read);
    for (const oldest of kept.keys()) if (kept.size > KEPT_STUDIES) kept.delete(oldest);
    return read;
  };
  /** Readers that come at the same time wait for one reading. */
  const read = (study: Hex): Promise<KeptStudy> => {
    const found = kept.get(study);
    if (found !== undefined && now() < found.nextAt) return Promise.resolve(found);
    const running = reading.get(study) ?? readAgain(study).finally(() => reading.delete(study));
    reading.set(study, running);
    return running;
  };
  /** Null if there is no such study. @throws LedgerError `ledger/unreachable` if it was never read */
  const find = async (study: Hex): Promise<(KeptStudy & { readonly isSilent: boolean }) | null> => {
    try {
      return { ...(await read(study)), isSilent: false };
    } catch (error) {
      if (isConsiliumError(error, 'ledger/unknown-study')) return null;
      const found = kept.get(study);
      if (found === undefined || !isConsiliumError(error, 'ledger/unreachable')) throw error;
      return { ...found, isSilent: true };
    }
  };

  return {
    list: () => listStudies(ledger),
    open: async (study) => (await find(study))?.opened ?? null,
    async look(study) {
      const found = await find(study);
      if (found === null) return null;
      const isClosed = found.opened.row().state === 'closed';
      return {
        head: found.opened.view().head,
        secondsAgo: Math.round((now() - found.at) / 1000),
        againSeconds: isClosed ? null : Math.max(freshMilliseconds, found.nextAt - now()) / 1000,
        isSilent: found.isSilent,
      };
    },
  };
}

async function listStudies(ledger: LedgerReader): Promise<StudyRow[]> {
  const opened = await ledger.studies();
  const states = await Promise.all(opened.map(({ study }) => ledger.study(study)));
  return opened.flatMap(({ study }, i) => {
    const state = states[i];
    if (state == null) return [];
    const { rounds, participants, length: entries, open } = state;
    return { study, title: null, state: open ? ('open' as const) : ('closed' as const), rounds, participants, entries };
  });
}
