import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ConsiliumError, messageOf } from '../../base/errors.ts';
import { READ_METHODS, SEND_METHOD } from './allowed-methods.ts';
import { chainRequestError, invalidParams, methodNotAllowed } from './chain-request-error.ts';
import { lockDirectory } from './directory-lock.ts';
import { createEvm, type Evm } from './evm.ts';
import { createSerialQueue } from './serial-queue.ts';
import { journalDamaged, openTransactionJournal, type TransactionJournal } from './transaction-journal.ts';

/**
 * A development chain in this process, for trying things out without a network of validators. What it acknowledged
 * survives any crash; but it has one operator, who could write another journal: it is durable, not tamper-proof.
 */
export interface EmbeddedChain {
  readonly chainId: number;
  /** How many transactions the journal holds; each is a block. */
  readonly journaled: number;
  /** Bytes of a last line, torn by a crash and never acknowledged, that were dropped on opening. */
  readonly droppedBytes: number;
  /**
   * Answers one JSON-RPC request. Only `eth_sendRawTransaction` changes the chain, and it answers when the transaction
   * is on the disk.
   * @throws ChainRequestError `ledger/request-refused` with the JSON-RPC code and revert data
   * @throws ConsiliumError `ledger/journal-unwritable` from the first failed write on, until the chain is opened anew
   */
  request(method: string, params?: readonly unknown[]): Promise<unknown>;
  /** Waits for requests in progress, and lets go of the folder. */
  close(): Promise<void>;
}

export interface EmbeddedChainOptions {
  /** Created if it does not exist. */
  readonly dataDirectory: string;
  readonly chainId?: number;
  /** The time that goes into blocks, in whole seconds since 1970. */
  readonly nowSeconds?: () => number;
  /** Told when a torn last line is dropped; by default a process warning. */
  readonly notice?: (message: string) => void;
}

/**
 * Not 1337 or 31337: those are every development chain's, with published keys, and what is signed for one holds on all
 * of them. We know of no public network with this one.
 */
export const EMBEDDED_CHAIN_ID = 20_201;

/**
 * Opens the chain in a folder: replays its journal and compares every block hash.
 * @throws ConsiliumError `ledger/directory-locked`, `ledger/journal-damaged` or `ledger/journal-mismatch`
 */
export async function openEmbeddedChain(options: EmbeddedChainOptions): Promise<EmbeddedChain> {
  const { dataDirectory, chainId = EMBEDDED_CHAIN_ID, notice = (message) => process.emitWarning(message) } = options;
  await mkdir(dataDirectory, { recursive: true });
  const closers: Closer[] = [];
  try {
    const lock = lockDirectory(dataDirectory);
    closers.push(() => lock.release());
    const evm = await createEvm({ chainId, directory: dataDirectory });
    closers.push(() => evm.close());
    const header = { format: 'consilium-chain/1', chainId, genesisHash: evm.genesisHash } as const;
    const journal = await openTransactionJournal(join(dataDirectory, 'transactions.jsonl'), header);
    closers.push(() => journal.close());
    await replay(journal, evm);
    if (journal.droppedBytes > 0) notice(`${journal.path}: dropped a last line that a crash had cut short`);
    return createChain({ chainId, evm, journal, closers, nowSeconds: options.nowSeconds ?? systemSeconds });
  } catch (error) {
    await closeAll(closers);
    throw error;
  }
}

const systemSeconds = (): number => Math.floor(Date.now() / 1000);

type Closer = () => void | Promise<void>;

async function closeAll(closers: readonly Closer[]): Promise<void> {
  for (const close of closers.toReversed()) await close();
}

async function replay(journal: TransactionJournal, evm: Evm): Promise<void> {
  for (const { line, record } of journal.records) {
    const executed = await evm.execute(record.raw, record.timestamp).catch((cause: unknown) => {
      throw journalDamaged(journal.path, line, messageOf(cause), cause);
    });
    if (executed.blockHash !== record.blockHash) {
      throw journalDamaged(
        journal.path,
        line,
        `the transaction makes block ${executed.blockHash}, not ${record.blockHash}`,
      );
    }
  }
}

interface ChainParts {
  readonly chainId: number;
  readonly evm: Evm;
  readonly journal: TransactionJournal;
  readonly closers: readonly Closer[];
  readonly nowSeconds: () => number;
}

function createChain({ chainId, evm, journal, closers, nowSeconds }: ChainParts): EmbeddedChain {
  // Reads wait for the write before them too, so that nobody sees a block that a crash could still take back.
  const inTurn = createSerialQueue();
  let journaled = journal.records.length;
  let lastTimestamp = journal.records.at(-1)?.record.timestamp ?? evm.genesisTimestamp;
  let unusable: ConsiliumError | undefined;
  let closing: Promise<void> | undefined;

  const send = async (params: readonly unknown[]): Promise<string> => {
    const raw = parseRawTransaction(params);
    const timestamp = Math.max(nowSeconds(), lastTimestamp);
    const { transactionHash, blockHash } = await evm.execute(raw, timestamp);
    await journal.append({ raw, timestamp, blockHash }).catch((cause: unknown) => {
      unusable = journalUnwritable(journal.path, cause);
      throw unusable;
    });
    journaled++;
    lastTimestamp = timestamp;
    return transactionHash;
  };

  const answer = async (method: string, params: readonly unknown[]): Promise<unknown> => {
    if (unusable !== undefined) throw unusable;
    if (FREE_OF_CHARGE.has(method)) return '0x0';
    return method === SEND_METHOD ? send(params) : evm.request(method, params);
  };

  return {
    chainId,
    get journaled() {
      return journaled;
    },
    droppedBytes: journal.droppedBytes,
    request: async (method, params = []) => {
      if (method !== SEND_METHOD && !READ_METHODS.has(method)) throw methodNotAllowed(method);
      return inTurn(() => answer(method, params)).catch((thrown: unknown) => {
        throw chainRequestError(thrown);
      });
    },
    close: () => {
      closing ??= inTurn(() => {
        unusable ??= new ConsiliumError('ledger/chain-closed', 'the embedded chain was closed');
        return closeAll(closers);
      });
      return closing;
    },
  };
}

/** Prices are zero, so that members' keys need no funds; the EVM itself would advise a tip. */
const FREE_OF_CHARGE = new Set(['eth_gasPrice', 'eth_maxPriorityFeePerGas']);

function parseRawTransaction(params: readonly unknown[]): string {
  const [raw, ...more] = params;
  if (typeof raw === 'string' && more.length === 0 && /^0x(?:[0-9a-f]{2})+$/i.test(raw)) return raw.toLowerCase();
  throw invalidParams('eth_sendRawTransaction takes one transaction, as a hexadecimal string');
}

function journalUnwritable(path: string, cause: unknown): ConsiliumError {
  return new ConsiliumError(
    'ledger/journal-unwritable',
    `${path} cannot be written (${messageOf(cause)}): see to the disk, then open the chain anew`,
    { details: { path }, cause },
  );
}
