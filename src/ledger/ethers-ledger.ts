import { type ContractTransaction, EventLog, type JsonRpcProvider, Wallet } from 'ethers';
import type { Hex } from '../base/bytes.ts';
import type { LedgerDomain } from '../protocol/domain.ts';
import { joinDigest } from '../protocol/join.ts';
import type { LedgerEntry } from '../protocol/ledger-entry.ts';
import { signDigest } from '../protocol/signature.ts';
import { LEDGER_CODE, type LedgerContract, ledgerAt, MEMBERSHIP_CODE, membershipAt } from './bindings.ts';
import { assertContractCode } from './contract-code.ts';
import { decodeEntry } from './decode-entry.ts';
import type { Ledger, LedgerReader, LedgerWriter, StudyState } from './ledger.ts';
import { readStandingChanges } from './read-standing-changes.ts';
import { readStudies } from './read-studies.ts';
import { connectRpc } from './rpc-provider.ts';
import { toLedgerError } from './to-ledger-error.ts';
import { createTransactionSender } from './transaction-sender.ts';

export interface EthersLedgerOptions {
  /** JSON-RPC address of a node, or of several, of which the first that answers is asked. */
  readonly rpcUrl: string | readonly string[];
  /** Address of the Ledger contract. */
  readonly contract: Hex;
  /** A node that has not answered by then counts as down. */
  readonly timeoutMilliseconds?: number;
  /** Ends everything that still waits for the chain. */
  readonly signal?: AbortSignal;
}

/** Blocks that one query for events spans; nodes refuse spans that are too wide. */
const BLOCKS_PER_QUERY = 5_000;
/** How long a consent to join may take to get into a block. */
const CONSENT_SECONDS = 86_400;
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
  const provider = await connectRpc(options.rpcUrl, options);
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
      as: (privateKey) => ({
        ...reader,
        ...createWriter(provider, { contract, domain: reader.domain, privateKey }),
      }),
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
    standingChanges: () => guard('reading the membership', () => readStandingChanges(provider, membership)),
    studies: () => guard('reading the studies', () => readStudies(provider, domain.contract)),
    study: (study) =>
      guard('reading the study', async (): Promise<StudyState | null> => {
        const status = await contract.studyOf(study);
        if (status.state === 0n) return null;
        return {
          rounds: Number(status.rounds),
          maximumMembers: Number(status.maximumMembers),
          stalenessBound: Number(status.stalenessBound),
          epsilonBudgetMicros: Number(status.epsilonBudgetMicros),
          deltaBudgetPicos: Number(status.deltaBudgetPicos),
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
    blockNumber: () => guard('reading the block number', () => provider.getBlockNumber()),
    receipt: (transaction) =>
      guard('reading a receipt', async () => {
        const receipt = await provider.getTransactionReceipt(transaction);
        return receipt === null ? null : { blockNumber: receipt.blockNumber, gasUsed: Number(receipt.gasUsed) };
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
  const address = (await contract.getAddress()).toLowerCase();
  const logs = await provider?.getLogs({
    address,
    topics: [null, study],
    fromBlock: blocks.from,
    toBlock: blocks.to,
  });
  return (logs ?? []).flatMap((log) => {
    if (log.removed || log.address.toLowerCase() !== address) return [];
    const fragment = contract.interface.getEvent(log.topics[0] ?? '');
    try {
      return fragment === null ? [] : (decodeEntry(new EventLog(log, contract.interface, fragment)) ?? []);
    } catch {
      return []; // an event that cannot be read is a gap in the sequence, and found out as one
    }
  });
}

function createWriter(
  provider: JsonRpcProvider,
  { contract, domain, privateKey }: { contract: LedgerContract; domain: LedgerDomain; privateKey: Hex },
): LedgerWriter {
  const wallet = new Wallet(privateKey, provider);
  const sender = createTransactionSender(provider, wallet);
  const send = async (doing: string, compose: () => Promise<ContractTransaction>): Promise<void> =>
    void (await sender.send(doing, compose));

  return {
    join: (study, dataCommitment) =>
      send('joining the study', async () => {
        const member = wallet.address.toLowerCase() as Hex;
        // The chain's clock, not ours: they may differ.
        const block = await provider.getBlock('latest');
        const consent = { study, member, dataCommitment, deadline: (block?.timestamp ?? 0) + CONSENT_SECONDS };
        return contract.join.populateTransaction(consent, signDigest(privateKey, joinDigest(domain, consent)));
      }),
    withdraw: (study) => send('leaving the study', () => contract.withdraw.populateTransaction(study)),
    exclude: (study, member) => send('excluding a member', () => contract.exclude.populateTransaction(study, member)),
    contribute: (contribution) =>
      send('recording a contribution', () => contract.contribute.populateTransaction(contribution)),
    contributeFor: (signed) =>
      send('recording signed contributions', () =>
        contract.contributeBatch.populateTransaction(
          signed.map(({ record }) => record),
          signed.map(({ signature }) => signature),
        ),
      ),
    reveal: (valuations) =>
      send('revealing scores', () => {
        const [only, ...more] = valuations;
        return only !== undefined && more.length === 0
          ? contract.reveal.populateTransaction(only)
          : contract.revealBatch.populateTransaction([...valuations]);
      }),
    reportEquivocation: (first, second) =>
      send('reporting an equivocation', () =>
        contract.reportEquivocation.populateTransaction(first.record, first.signature, second.record, second.signature),
      ),
    checkpoint: (checkpoint, cosigners) =>
      send('recording a checkpoint', () =>
        contract.checkpoint.populateTransaction(
          checkpoint,
          cosigners.map(({ position }) => position),
          cosigners.map(({ signature }) => signature),
        ),
      ),
  };
}
