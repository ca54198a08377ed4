import { FetchRequest, JsonRpcProvider, Network } from 'ethers';
import { LedgerError } from './ledger.ts';
import { toLedgerError } from './to-ledger-error.ts';

/** A node that accepts a request and says nothing for this long counts as down. */
const REQUEST_TIMEOUT_MILLISECONDS = 10_000;
/** How often a receipt is asked for. */
const POLLING_MILLISECONDS = 100;

function request(url: string): FetchRequest {
  const fetch = new FetchRequest(url);
  fetch.timeout = REQUEST_TIMEOUT_MILLISECONDS;
  // Requests that fail are answered for by whoever made them: the outbox has a schedule of its own.
  fetch.retryFunc = async () => false;
  return fetch;
}

/**
 * Connects to a node's JSON-RPC port.
 * @param url http or https
 * @throws LedgerError `ledger/unreachable`
 */
export async function connectRpc(url: string): Promise<JsonRpcProvider> {
  const network = Network.from(await chainIdOf(url));
  // ethers' cache of 250 ms would hand out a nonce twice on a chain that mines at once.
  return new JsonRpcProvider(request(url), network, {
    staticNetwork: network,
    cacheTimeout: -1,
    pollingInterval: POLLING_MILLISECONDS,
    batchMaxCount: 20,
  });
}

async function chainIdOf(url: string): Promise<bigint> {
  try {
    const ask = request(url);
    ask.body = { jsonrpc: '2.0', id: 1, method: 'eth_chainId', params: [] };
    const response = await ask.send();
    response.assertOk();
    return BigInt(response.bodyJson.result);
  } catch (error) {
    const known = toLedgerError(error, url);
    throw new LedgerError(
      'ledger/unreachable',
      `no Ethereum node answers at ${url}; start the chain or correct the address`,
      {
        details: { url },
        cause: known,
      },
    );
  }
}
