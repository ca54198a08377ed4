import { type Bundle, openBundle } from '../../audit/read-bundle.ts';
import type { LedgerConnection } from '../../ledger/ethers-ledger.ts';
import { type OptionValues, usageError } from '../command-line.ts';
import { connectIfAsked } from './chain-options.ts';

/** What a command of the audit group works on. */
export interface AuditSource {
  readonly path: string;
  readonly bundle: Bundle;
  /** Null if no chain was named. */
  readonly ledger: LedgerConnection | null;
}

/**
 * Opens the one bundle that is named and the chain of `--rpc` and `--contract`, if any, and closes both again.
 * @throws ConsiliumError `cli/usage`; AuditError `audit/bundle-unreadable`; LedgerError; and what `use` throws
 */
export async function withBundle<T>(
  { values, positionals }: { readonly values: OptionValues; readonly positionals: readonly string[] },
  use: (source: AuditSource) => Promise<T>,
): Promise<T> {
  const [path] = positionals;
  if (path === undefined || positionals.length > 1) throw usageError('name one bundle; see --help');
  const ledger = await connectIfAsked(values);
  try {
    const bundle = await openBundle(path);
    try {
      return await use({ path, bundle, ledger });
    } finally {
      await bundle.close();
    }
  } finally {
    ledger?.close();
  }
}
