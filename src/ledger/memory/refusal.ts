import { LedgerError } from '../ledger.ts';

/** The contract's custom error of this name, as the adapters report it. */
export function refusal(name: string): LedgerError {
  return new LedgerError('ledger/reverted', `the ledger refused (${name})`, { details: { revert: name } });
}

export function requireThat(condition: boolean, name: string): asserts condition {
  if (!condition) throw refusal(name);
}
