import { type JsonRpcPayload, JsonRpcProvider, type JsonRpcResult, Network } from 'ethers';
import { type Clock, systemClock } from '../base/clock.ts';
import { messageOf } from '../base/errors.ts';
import { LedgerError } from './ledger.ts';
import { assertRpcAddress } from './rpc-address.ts';
import { askNode, type RpcAnswer } from './rpc-node.ts';

export interface RpcOptions {
  readonly clock?: Clock;
  /** A node that accepts a request and has not answered it whole by then counts as down. */
  readonly timeoutMilliseconds?: number;
  /** Nodes of any other chain are refused; without it the first node that answers says which chain it is. */
  readonly expectedChainId?: number;
  /** Ends all requests, those that wait for an answer and those to come. */
  readonly signal?: AbortSignal | undefined;
}

/** A node that accepts a request and says nothing for this long counts as down. */
const REQUEST_TIMEOUT_MILLISECONDS = 10_000;
/** How often a receipt is asked for. */
const POLLING_MILLISECONDS = 100;
/** A node that was down is left alone for a while that doubles each time. */
const FIRST_REST_MILLISECONDS = 1_000;
const LONGEST_REST_MILLISECONDS = 30_000;

interface RpcNode {
  readonly url: string;
  /** Whether it is known to be of our chain since it last failed. */
  checked: boolean;
  restMilliseconds: number;
  /** By the monotonic clock; asked again before that only if all are down. */
  restsUntil: number;
}

/**
 * Connects to a chain through one node or several: they are tried in turn, and the one that answered last is asked first.
 * @param urls http or https
 * @throws LedgerError `ledger/unreachable`, `ledger/wrong-chain`
 */
export async function connectRpc(urls: string | readonly string[], options: RpcOptions = {}): Promise<JsonRpcProvider> {
  const transport = createTransport(typeof urls === 'string' ? [urls] : urls, options);
  const network = Network.from(await transport.chainId());
  // ethers' cache of 250 ms would hand out a nonce twice on a chain that mines at once.
  return new FailoverProvider(transport, network);
}

interface RpcTransport {
  /** Of the first node that answers; all others must be of the same chain. */
  chainId(): Promise<bigint>;
  send(payload: JsonRpcPayload): Promise<RpcAnswer>;
}

class FailoverProvider extends JsonRpcProvider {
  readonly #transport: RpcTransport;

  constructor(transport: RpcTransport, network: Network) {
    super(undefined, network, {
      staticNetwork: network,
      cacheTimeout: -1,
      pollingInterval: POLLING_MILLISECONDS,
      batchMaxCount: 1,
    });
    this.#transport = transport;
  }

  override async _send(payload: JsonRpcPayload | JsonRpcPayload[]): Promise<JsonRpcResult[]> {
    const answers = await Promise.all([payload].flat().map((each) => this.#transport.send(each)));
    return answers as JsonRpcResult[]; // errors among them are looked for by the caller, whatever the type says
  }
}

function createTransport(urls: readonly string[], options: RpcOptions): RpcTransport {
  for (const url of urls) assertRpcAddress(url, 'ledger/unreachable');
  const { clock = systemClock, timeoutMilliseconds = REQUEST_TIMEOUT_MILLISECONDS, signal } = options;
  const nodes = urls.map((url): RpcNode => ({ url, checked: false, restMilliseconds: 0, restsUntil: 0 }));
  let preferred = 0;
  let chainId = options.expectedChainId === undefined ? null : BigInt(options.expectedChainId);

  /** Asks a node that has not been asked, or has failed, what chain it is of: it may be another by now. */
  const check = async (node: RpcNode): Promise<void> => {
    const payload: JsonRpcPayload = { jsonrpc: '2.0', id: 0, method: 'eth_chainId', params: [] };
    const found = chainIdIn(await askNode(node.url, payload, timeoutMilliseconds, signal));
    chainId ??= found;
    if (found !== chainId) {
      const message = `the node at ${node.url} is of chain ${found}, not of chain ${chainId}; correct its address`;
      throw new LedgerError('ledger/wrong-chain', message, {
        details: { url: node.url, found: Number(found), expected: Number(chainId) },
      });
    }
    node.checked = true;
  };

  const failed = (node: RpcNode): void => {
    node.checked = false;
    if (node.restsUntil > clock.now()) return; // of many requests that fail together, the first one counts
    node.restMilliseconds = Math.min(
      LONGEST_REST_MILLISECONDS,
      Math.max(FIRST_REST_MILLISECONDS, 2 * node.restMilliseconds),
    );
    node.restsUntil = clock.now() + node.restMilliseconds;
  };

  /** The preferred node and those after it; who rests comes last, when all others have failed. */
  const order = (): RpcNode[] => {
    const turn = [...nodes.slice(preferred), ...nodes.slice(0, preferred)];
    const awake = turn.filter((node) => node.restsUntil <= clock.now());
    return [...awake, ...turn.filter((node) => !awake.includes(node))];
  };

  const attempt = async <T>(work: (node: RpcNode) => Promise<T>): Promise<T> => {
    const failures: { node: RpcNode; error: unknown }[] = [];
    for (const node of order()) {
      if (signal?.aborted) throw new LedgerError('ledger/unreachable', 'the connection to the chain was closed');
      try {
        if (!node.checked) await check(node);
        const result = await work(node);
        Object.assign(node, { restMilliseconds: 0, restsUntil: 0 });
        preferred = nodes.indexOf(node);
        return result;
      } catch (error) {
        failed(node);
        failures.push({ node, error });
      }
    }
    throw allDown(failures);
  };

  return {
    chainId: () =>
      attempt(async () => {
        if (chainId === null) throw new Error('no chain id');
        return chainId;
      }),
    send: (payload) => attempt((node) => askNode(node.url, payload, timeoutMilliseconds, signal)),
  };
}

function chainIdIn(answer: RpcAnswer): bigint {
  const result = 'result' in answer ? answer.result : null;
  if (typeof result !== 'string' || !/^0x[0-9a-f]{1,16}$/i.test(result)) throw new Error('no chain id in its answer');
  return BigInt(result);
}

function allDown(failures: readonly { node: RpcNode; error: unknown }[]): LedgerError {
  const wrong = failures.map(({ error }) => error).find((error) => error instanceof LedgerError);
  if (wrong !== undefined) return wrong;
  const reasons = failures.map(({ node, error }) => `${node.url} (${messageOf(error).split('\n')[0]})`);
  return new LedgerError(
    'ledger/unreachable',
    `no Ethereum node answers at ${reasons.join(', ')}; start the chain or correct the address`,
    { details: { urls: failures.map(({ node }) => node.url) }, cause: failures[0]?.error },
  );
}
