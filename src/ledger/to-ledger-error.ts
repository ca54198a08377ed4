import { Interface, isError } from 'ethers';
import { messageOf } from '../base/errors.ts';
import { LEDGER_ABI, MEMBERSHIP_ABI } from './bindings.ts';
import { LedgerError } from './ledger.ts';

const INTERFACES = [new Interface(LEDGER_ABI), new Interface(MEMBERSHIP_ABI)];

/** Turns whatever ethers threw into one of our errors: the contract said no, or the node did not answer. */
export function toLedgerError(error: unknown, doing: string): LedgerError {
  if (error instanceof LedgerError) return error;
  if (isError(error, 'CALL_EXCEPTION')) {
    const name = revertName(error.data) ?? error.reason ?? 'without a reason';
    return new LedgerError('ledger/reverted', `the contract refused (${name}) while ${doing}`, {
      details: { revert: name },
      cause: error,
    });
  }
  return new LedgerError('ledger/unreachable', `the node failed while ${doing}: ${messageOf(error).split('\n')[0]}`, {
    cause: error,
  });
}

function revertName(data: string | null): string | null {
  if (data === null || data === '0x') return null;
  for (const contractInterface of INTERFACES) {
    const parsed = contractInterface.parseError(data);
    if (parsed !== null) return parsed.name;
  }
  return null;
}
