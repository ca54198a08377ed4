import { connectLedger, type LedgerConnection } from '../../ledger/ethers-ledger.ts';
import { address, type OptionSpec, type OptionValues, required } from '../command-line.ts';

/** How an auditor names a chain; the same for every command that can ask one. */
export const CHAIN_OPTIONS = {
  rpc: {
    type: 'string',
    value: '<url>',
    help: "JSON-RPC address of a node; without it the bundle's copy of the log is used",
  },
  contract: { type: 'string', value: '<address>', help: 'address of the Ledger contract' },
} as const satisfies Record<string, OptionSpec>;

/** The chain that the options name; null if they name none. @throws ConsiliumError `cli/usage`; LedgerError */
export async function connectIfAsked(values: OptionValues): Promise<LedgerConnection | null> {
  if (values.rpc === undefined && values.contract === undefined) return null;
  return connectLedger({ rpcUrl: required(values, 'rpc'), contract: address(values, 'contract') });
}
