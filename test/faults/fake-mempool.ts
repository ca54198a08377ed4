import { id, type JsonRpcPayload, JsonRpcProvider, type JsonRpcResult, Network, Transaction } from 'ethers';
import type { SeededRandom } from '../../src/base/seeded-random.ts';

/** What becomes of a transaction that the node says it took. */
export type Fate = 'mined' | 'late' | 'dropped' | 'stuck' | 'answer-lost' | 'overtaken';

const FATES: readonly Fate[] = ['mined', 'late', 'dropped', 'stuck', 'answer-lost', 'overtaken'];
/** A late transaction is mined after this many questions for receipts. */
const LATE_QUESTIONS = 5;
const CHAIN_ID = 20_201;

interface Pending {
  readonly transaction: Transaction;
  /** Questions for receipts until it is mined; a stuck one waits for a better price. */
  questions: number;
}

/** A node with a mempool that drops, holds back and replaces transactions, before a contract that takes each payload once. */
export interface FakeMempool {
  readonly provider: JsonRpcProvider;
  /** How often each payload is on the chain. */
  readonly recorded: ReadonlyMap<string, number>;
  readonly fates: ReadonlyMap<Fate, number>;
}

export interface FakeMempoolOptions {
  readonly random: SeededRandom;
  /** Off in a control: then the contract takes a payload as often as it comes. */
  readonly takesEachOnce?: boolean;
}

export function createFakeMempool({ random, takesEachOnce = true }: FakeMempoolOptions): FakeMempool {
  const recorded = new Map<string, number>();
  const fates = new Map<Fate, number>();
  const nonces = new Map<string, number>();
  const pending = new Map<string, Pending>();
  const receipts = new Map<string, object>();
  let block = 1;

  const mine = (transaction: Transaction): void => {
    const from = senderOf(transaction);
    const refuses = takesEachOnce && recorded.has(transaction.data);
    if (!refuses) recorded.set(transaction.data, (recorded.get(transaction.data) ?? 0) + 1);
    nonces.set(from, transaction.nonce + 1);
    pending.delete(from);
    block += 1;
    receipts.set(hashOf(transaction), receiptOf(transaction, { block, status: refuses ? '0x0' : '0x1' }));
  };

  const send = (raw: string): string => {
    const transaction = Transaction.from(raw);
    const from = senderOf(transaction);
    if (transaction.nonce < (nonces.get(from) ?? 0)) throw new RpcRefusal('nonce too low');
    const waiting = pending.get(from);
    if (waiting !== undefined && hashOf(waiting.transaction) === hashOf(transaction))
      throw new RpcRefusal('already known');
    if (waiting !== undefined && priceOf(transaction) * 10n < priceOf(waiting.transaction) * 11n) {
      throw new RpcRefusal('replacement transaction underpriced');
    }
    const fate = FATES[random.integer(FATES.length)] ?? 'mined';
    fates.set(fate, (fates.get(fate) ?? 0) + 1);
    return decide(transaction, fate);
  };

  const decide = (transaction: Transaction, fate: Fate): string => {
    const from = senderOf(transaction);
    if (fate === 'mined' || fate === 'answer-lost') mine(transaction);
    if (fate === 'late') pending.set(from, { transaction, questions: LATE_QUESTIONS });
    if (fate === 'stuck') pending.set(from, { transaction, questions: Number.POSITIVE_INFINITY });
    // Another process with the same key was faster: its transaction has the nonce now.
    if (fate === 'overtaken') nonces.set(from, transaction.nonce + 1);
    if (fate === 'answer-lost') throw new Error('the connection was closed');
    return hashOf(transaction);
  };

  const receipt = (hash: string): object | null => {
    for (const waiting of pending.values()) {
      if (hashOf(waiting.transaction) === hash && --waiting.questions <= 0) mine(waiting.transaction);
    }
    return receipts.get(hash) ?? null;
  };

  const answer = (method: string, params: readonly unknown[]): unknown => {
    const [first] = params;
    switch (method) {
      case 'eth_getBlockByNumber':
        return blockAnswer(block);
      case 'eth_gasPrice':
      case 'eth_maxPriorityFeePerGas':
        return '0x3b9aca00';
      case 'eth_estimateGas':
        if (takesEachOnce && recorded.has((first as { data: string }).data)) throw new RpcRefusal('execution reverted');
        return '0xc350';
      case 'eth_getTransactionCount':
        return hex(nonces.get(String(first).toLowerCase()) ?? 0);
      case 'eth_sendRawTransaction':
        return send(String(first));
      case 'eth_getTransactionReceipt':
        return receipt(String(first));
      case 'eth_blockNumber':
        return hex(block);
      default:
        throw new Error(`the fake node does not know ${method}`);
    }
  };
  return { provider: new FakeProvider(answer), recorded, fates };
}

class RpcRefusal extends Error {}

class FakeProvider extends JsonRpcProvider {
  readonly #answer: (method: string, params: readonly unknown[]) => unknown;

  constructor(answer: (method: string, params: readonly unknown[]) => unknown) {
    const network = Network.from(CHAIN_ID);
    super(undefined, network, { staticNetwork: network, cacheTimeout: -1, batchMaxCount: 1 });
    this.#answer = answer;
  }

  override async _send(payload: JsonRpcPayload | JsonRpcPayload[]): Promise<JsonRpcResult[]> {
    return [payload].flat().map(({ id, method, params }) => {
      try {
        return { id, result: this.#answer(method, params as unknown[]) };
      } catch (error) {
        if (!(error instanceof RpcRefusal)) throw error;
        const code = error.message === 'execution reverted' ? 3 : -32_000;
        return { id, error: { code, message: error.message, data: '0x' } } as unknown as JsonRpcResult;
      }
    });
  }
}

const hex = (value: number): string => `0x${value.toString(16)}`;
const hashOf = (transaction: Transaction): string => transaction.hash ?? '';
const senderOf = (transaction: Transaction): string => (transaction.from ?? '').toLowerCase();
const priceOf = (transaction: Transaction): bigint => transaction.maxFeePerGas ?? transaction.gasPrice ?? 0n;

function receiptOf(transaction: Transaction, { block, status }: { block: number; status: string }): object {
  return {
    transactionHash: hashOf(transaction),
    transactionIndex: '0x0',
    blockHash: id(`block ${block}`),
    blockNumber: hex(block),
    from: transaction.from,
    to: transaction.to,
    cumulativeGasUsed: '0xc350',
    gasUsed: '0xc350',
    effectiveGasPrice: '0x1',
    contractAddress: null,
    logs: [],
    logsBloom: `0x${'00'.repeat(256)}`,
    status,
    type: '0x2',
  };
}

function blockAnswer(number: number): object {
  return {
    hash: id(`block ${number}`),
    parentHash: id(`block ${number - 1}`),
    number: hex(number),
    timestamp: hex(number),
    nonce: '0x0000000000000000',
    difficulty: '0x0',
    gasLimit: '0x989680',
    gasUsed: '0x0',
    miner: `0x${'00'.repeat(20)}`,
    extraData: '0x',
    baseFeePerGas: '0x3b9aca00',
    transactions: [],
  };
}
