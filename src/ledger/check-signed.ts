import { Transaction } from 'ethers';
import type { Hex } from '../base/bytes.ts';
import { LedgerError } from './ledger.ts';

/** Fields that a message names when they differ; what is compared is the whole of both transactions. */
const FIELDS = [
  'type',
  'chainId',
  'nonce',
  'to',
  'data',
  'value',
  'gasLimit',
  'gasPrice',
  'maxFeePerGas',
  'maxPriorityFeePerGas',
] as const;

/**
 * Checks what a signing service returned: the transaction that was asked for, all of it, signed by the account.
 * @param raw what it returned, if that was text
 * @returns the signed transaction, written anew
 * @throws LedgerError `ledger/signer-lied`
 */
export function checkSigned(
  asked: Transaction,
  raw: string | undefined,
  { from, url }: { readonly from: Hex; readonly url: string },
): Hex {
  const lied = (what: string): LedgerError => {
    const message = `the signer at ${url} returned ${what}; nothing was sent: check the service and its settings`;
    return new LedgerError('ledger/signer-lied', message, { details: { url, account: from } });
  };
  const signed = parseSigned(raw);
  if (signed === null) throw lied('something that is no signed transaction');
  if (signed.unsignedSerialized !== asked.unsignedSerialized)
    throw lied(`another transaction than the one asked for (${differences(asked, signed).join(', ')})`);
  const signer = signed.from?.toLowerCase();
  if (signer !== from) throw lied(`a signature of ${signer ?? 'nobody'} instead of ${from}`);
  return signed.serialized as Hex;
}

function parseSigned(raw: string | undefined): Transaction | null {
  if (raw === undefined) return null;
  try {
    const signed = Transaction.from(raw);
    return signed.isSigned() ? signed : null;
  } catch {
    return null;
  }
}

function differences(transaction: Transaction, signed: Transaction): string[] {
  const asked = Transaction.from(transaction.unsignedSerialized); // with the type that ethers chose, if none was given
  const named = FIELDS.filter((field) => (asked[field] ?? null) !== (signed[field] ?? null));
  return named.length === 0
    ? ['access list']
    : named.map((field) => `${field} ${short(signed[field])}, not ${short(asked[field])}`);
}

const short = (value: unknown): string => {
  const text = String(value);
  return text.length > 66 ? `${text.slice(0, 66)}…` : text;
};
