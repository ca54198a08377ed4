import type { LedgerIndex } from '../../ledger/ledger-index.ts';

/** What follows from the log alone is worked out again only when the log has grown or changed. */
export function rememberPerLog<T>(
  index: Pick<LedgerIndex, 'entries' | 'generation'>,
  read: (entries: ReturnType<LedgerIndex['entries']>) => T,
): () => T {
  let known: { readonly key: string; readonly value: T } | null = null;
  return () => {
    const entries = index.entries();
    const key = `${index.generation()}/${entries.length}`;
    if (known?.key !== key) known = { key, value: read(entries) };
    return known.value;
  };
}
