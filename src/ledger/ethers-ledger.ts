import {
  type ContractTransactionResponse,
  EventLog,
  type JsonRpcProvider,
  type TransactionRequest,
  Wallet,
} from 'ethers';
import type { Hex } from '../base/bytes.ts';
import type { LedgerEntry } from '../protocol/ledger-entry.ts';
import { LEDGER_CODE, type LedgerContract, ledgerAt, MEMBERSHIP_CODE, membershipAt } from './bindings.ts';
import { assertContractCode } from './contract-code.ts';
import { decodeEntry } from './decode-entry.ts';
import type { Ledger, LedgerReader, StudyState } from './ledger.ts';
import { connectRpc } from './rpc-provider.ts';
import { toLedgerError } from './to-ledger-error.ts';

export interface EthersLedgerOptions {
  /** JSON-RPC address of a node. */
  readonly rpcUrl: string;
  /** Address of the Ledger contract. */
  readonly contract: Hex;
}

/** Blocks that one query for events spans; nodes refuse spans that are too wide. */
const BLOCKS_PER_QUERY = 5_000;
/** The contract's state number of an open study. */
const OPEN = 1n;

export interface LedgerConnection extends LedgerReader {
  /** The same ledger with a key to write with. */
  as(privateKey: Hex): Ledger;
  close(): void;
}

/**
 * Connects to a Ledger contract through a node, and checks that it is ours.
 * @throws LedgerError `ledger/unreachable`, `ledger/not-our-contract`
 */
export async function connectLedger(options: EthersLedgerOptions): Promise<LedgerConnection> {
  const provider = await connectRpc(options.rpcUrl);
  try {
    const { chainId } = await provider.getNetwork();
    await assertContractCode(provider, options.contract, LEDGER_CODE);
    const contract = ledgerAt(options.contract, provider);
    const membership = (await contract.membership()).toLowerCase() as Hex;
    await assertContractCode(provider, membership, MEMBERSHIP_CODE);
    const reader = createReader(provider, contract, {
      domain: { chainId: Number(chainId), contract: options.contract },
      membership,
    });
    return {
      ...reader,
      as: (privateKey) => ({ ...reader, ...createWriter(provider, contract, new Wallet(privateKey, provider)) }),
      close: () => provider.destroy(),
    };
  } catch (error) {
    provider.destroy();
    throw toLedgerError(error, 'connecting to the ledger');
  }
}

function createReader(
  provider: JsonRpcProvider,
  contract: LedgerContract,
  { domain, membership }: { domain: LedgerReader['domain']; membership: Hex },
): LedgerReader {
  const directory = membershipAt(membership, provider);
  /** Block of the last entry handed out, so that the next read begins there. */
  const blockAfter = new Map<string, number>();

  const guard = async <T>(doing: string, read: () => Promise<T>): Promise<T> => {
    try {
      return await read();
    } catch (error) {
      throw toLedgerError(error, doing);
    }
  };

  return {
    domain,
    members: () =>
      guard('reading the members', async () => {
        const count = Number(await directory.memberCount());
        const admitted = await Promise.all(Array.from({ length: count }, (_, index) => directory.memberAt(index)));
        const current = await Promise.all(admitted.map((member) => directory.isMember(member)));
        return admitted.filter((_, i) => current[i]).map((member) => member.toLowerCase() as Hex);
      }),
    study: (study) =>
      guard('reading the study', async (): Promise<StudyState | null> => {
        const status = await contract.studyOf(study);
        if (status.state === 0n) return null;
        return {
          rounds: Number(status.rounds),
          maximumMembers: Number(status.maximumMembers),
          epsilonBudgetMicros: Number(status.epsilonBudgetMicros),
          participants: Number(status.participants),
          length: Number(status.entryCount),
          head: status.head as Hex,
          open: status.state === OPEN,
        };
      }),
    entries: (study, from) =>
      guard('reading the log', async () => {
        const first = blockAfter.get(`${study}/${from}`) ?? 0;
        const last = await provider.getBlockNumber();
        const entries: LedgerEntry[] = [];
        for (let block = first; block <= last; block += BLOCKS_PER_QUERY) {
          const to = Math.min(last, block + BLOCKS_PER_QUERY - 1);
          entries.push(...(await readEvents(contract, study, { from: block, to })));
        }
        const news = entries.filter((entry) => entry.sequence >= from).toSorted((a, b) => a.sequence - b.sequence);
        const final = news.at(-1);
        if (final !== undefined) blockAfter.set(`${study}/${final.sequence + 1}`, final.blockNumber);
        return news;
      }),
    gasUsed: (transaction) =>
      guard('reading a receipt', async () => {
        const receipt = await provider.getTransactionReceipt(transaction);
        return receipt === null ? null : Number(receipt.gasUsed);
      }),
  };
}

async function readEvents(
  contract: LedgerContract,
  study: Hex,
  blocks: { from: number; to: number },
): Promise<LedgerEntry[]> {
  // Every event of the contract has the study as its first indexed argument; the signature is left open.
  const provider = contract.runner?.provider;
  const logs = await provider?.getLogs({
    address: await contract.getAddress(),
    topics: [null, study],
    fromBlock: blocks.from,
    toBlock: blocks.to,
  });
  return (logs ?? []).flatMap((log) => {
    const fragment = contract.interface.getEvent(log.topics[0] ?? '');
    return fragment === null ? [] : (decodeEntry(new EventLog(log, contract.interface, fragment)) ?? []);
  });
}

function createWriter(
  provider: JsonRpcProvider,
  reading: LedgerContract,
  wallet: Wallet,
): Omit<Ledger, keyof LedgerReader> {
  const contract = reading.connect(wallet) as LedgerContract;
  /** One transaction at a time per key: the next nonce is known when the last transaction is in a block. */
  let last: Promise<unknown> = Promise.resolve();

  const send = (
    doing: string,
    transact: (fees: TransactionRequest) => Promise<ContractTransactionResponse>,
  ): Promise<void> => {
    const turn = last.then(async () => {
      try {
        const response = await transact(await feesOf(provider));
        await response.wait();
      } catch (error) {
        throw toLedgerError(error, doing);
      }
    });
    last = turn.catch(() => {});
    return turn;
  };

  return {
    join: (study, dataCommitment) => send('joining the study', (fees) => contract.join(study, dataCommitment, fees)),
    contribute: (contribution) => send('recording a contribution', (fees) => contract.contribute(contribution, fees)),
    contributeFor: (signed) =>
      send('recording contributions of others', (fees) =>
        contract.contributeBatch(
          signed.map(({ record }) => record),
          signed.map(({ signature }) => signature),
          fees,
        ),
      ),
    reveal: (valuation) => send('revealing scores', (fees) => contract.reveal(valuation, fees)),
  };
}

/** On a chain without fees transactions are priced at zero, which ethers would not do by itself; elsewhere ethers decides. */
export async function feesOf(provider: JsonRpcProvider): Promise<TransactionRequest> {
  const block = await provider.getBlock('latest');
  return block?.baseFeePerGas === 0n ? { type: 0, gasPrice: 0n } : {};
}
