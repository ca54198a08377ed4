import { accessListify, type Transaction, toQuantity } from 'ethers';
import { z } from 'zod';
import type { Hex } from '../base/bytes.ts';
import { messageOf } from '../base/errors.ts';
import type { AccountSigner } from './account-signer.ts';
import { checkSigned } from './check-signed.ts';
import { LedgerError } from './ledger.ts';
import { assertRpcAddress } from './rpc-address.ts';
import { askNode, type RpcAnswer } from './rpc-node.ts';

export interface ExternalSignerOptions {
  /** A service that has not answered by then counts as unavailable. */
  readonly timeoutMilliseconds?: number;
}

/** Clef asks a person, who needs time to read; a service that hangs is given up all the same. */
const SIGNER_TIMEOUT_MILLISECONDS = 60_000;
/** What a service that speaks Web3Signer's dialect, or a node's, calls it; and what Clef does. */
const SIGN_METHODS = ['eth_signTransaction', 'account_signTransaction'];
const METHOD_NOT_FOUND = -32_601;
/** What is quoted of a service's own words. */
const MAXIMUM_QUOTE_CHARACTERS = 160;

const accountsSchema = z.array(z.string());
/** Web3Signer returns the raw transaction, geth and Clef an object around it. */
const signedSchema = z.union([z.string(), z.object({ raw: z.string() }).transform(({ raw }) => raw)]);

/**
 * Has an account's transactions signed by a service that keeps the key: Web3Signer (`eth1`), Clef, or a node that manages accounts.
 * Nothing that it returns is taken without being checked, and no other key ever stands in for it.
 * @param url http or https; the service is first asked when the first transaction is to be signed
 * @throws LedgerError `ledger/signer-unavailable` if `url` is no such address
 */
export function externalSigner(url: string, account: Hex, options: ExternalSignerOptions = {}): AccountSigner {
  assertRpcAddress(url, 'ledger/signer-unavailable');
  const ask = createAsk(url, options.timeoutMilliseconds ?? SIGNER_TIMEOUT_MILLISECONDS);
  const from = account.toLowerCase() as Hex;
  let isHeld = false;

  /** A better message than the one that the service would give; services that do not tell their accounts are not asked. */
  const assertHeld = async (): Promise<void> => {
    const answer = await ask('eth_accounts', []);
    const accounts = 'error' in answer ? undefined : accountsSchema.safeParse(answer.result).data;
    if (accounts !== undefined && !accounts.some((held) => held.toLowerCase() === from))
      throw unavailable(
        url,
        `it holds no key of ${from}; give it that key, or name one of its ${accounts.length} accounts`,
      );
    isHeld = true;
  };

  return {
    account: from,
    async signTransaction(transaction) {
      if (!isHeld) await assertHeld();
      for (const method of SIGN_METHODS) {
        const answer = await ask(method, [requestOf(transaction, from)]);
        if (!('error' in answer))
          return checkSigned(transaction, signedSchema.safeParse(answer.result).data, { from, url });
        if (answer.error.code !== METHOD_NOT_FOUND)
          throw unavailable(url, `it refuses: ${quote(answer.error.message ?? 'without a reason')}`);
      }
      throw unavailable(url, `it knows neither ${SIGN_METHODS.join(' nor ')}; name the address of a signing service`);
    },
  };
}

function createAsk(
  url: string,
  timeoutMilliseconds: number,
): (method: string, params: unknown[]) => Promise<RpcAnswer> {
  let id = 0;
  return async (method, params) => {
    id += 1;
    try {
      return await askNode(url, { jsonrpc: '2.0', id, method, params }, timeoutMilliseconds);
    } catch (cause) {
      throw unavailable(url, messageOf(cause), cause);
    }
  };
}

/** The transaction in JSON-RPC's words. */
function requestOf(transaction: Transaction, from: Hex): Record<string, unknown> {
  const { to, data, nonce, gasLimit, value, chainId, gasPrice, accessList } = transaction;
  const type = transaction.type ?? transaction.inferType();
  const { maxFeePerGas, maxPriorityFeePerGas } = transaction;
  const fees = type === 2 ? { maxFeePerGas, maxPriorityFeePerGas } : { gasPrice };
  const quantities = { type, nonce, gas: gasLimit, value, chainId, ...fees };
  return {
    from,
    ...(to === null ? {} : { to: to.toLowerCase() }),
    data,
    ...Object.fromEntries(Object.entries(quantities).map(([name, amount]) => [name, toQuantity(amount ?? 0)])),
    ...(accessList === null || accessList.length === 0 ? {} : { accessList: accessListify(accessList) }),
  };
}

function unavailable(url: string, reason: string, cause?: unknown): LedgerError {
  const message = `the signer at ${url} did not sign: ${reason}`;
  return new LedgerError('ledger/signer-unavailable', message, { details: { url }, cause });
}

/** On one line, and not at any length. */
const quote = (text: string): string => text.replace(/\s+/g, ' ').slice(0, MAXIMUM_QUOTE_CHARACTERS);
