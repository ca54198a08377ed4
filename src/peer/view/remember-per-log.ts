import type { Clock } from '../../base/clock.ts';
import type { LedgerIndex } from '../../ledger/ledger-index.ts';

/** Reading the log anew takes at most this share of the process's time: the log of a long study is long, and the peer has other work. */
const MOST_TIME_SHARE = 0.02;

/** What follows from the log alone is worked out again only when the log has changed, and not too often. */
export function rememberPerLog<T>(
  index: Pick<LedgerIndex, 'entries' | 'generation'>,
  clock: Pick<Clock, 'now'>,
  read: (entries: ReturnType<LedgerIndex['entries']>) => T,
): () => T {
  let known: { readonly key: string; readonly value: T; readonly nextAt: number } | null = null;
  return () => {
    const entries = index.entries();
    const key = `${index.generation()}/${entries.length}`;
    const begun = clock.now();
    if (known !== null && (known.key === key || begun < known.nextAt)) return known.value;
    const value = read(entries);
    const end = clock.now();
    known = { key, value, nextAt: end + (end - begun) / MOST_TIME_SHARE };
    return value;
  };
}
