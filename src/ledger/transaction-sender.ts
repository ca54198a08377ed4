import {
  type ContractTransaction,
  isError,
  type JsonRpcProvider,
  type Signer,
  type TransactionReceipt,
  type TransactionRequest,
} from 'ethers';
import { type Clock, systemClock } from '../base/clock.ts';
import { messageOf } from '../base/errors.ts';
import { LedgerError } from './ledger.ts';
import { toLedgerError } from './to-ledger-error.ts';

export interface SenderOptions {
  readonly clock?: Clock;
  /** A transaction that is in no block after this long is sent again, at a higher price where there are prices. */
  readonly resendMilliseconds?: number;
}

/** Sends transactions under one key, one at a time, each until it is in a block. */
export interface TransactionSender {
  /**
   * @param doing what for, in the words of an error message
   * @param compose makes the transaction; gas is estimated here, so that what the contract would refuse is never sent
   * @throws LedgerError `ledger/reverted`, `ledger/unreachable`
   */
  send(doing: string, compose: () => Promise<ContractTransaction>): Promise<TransactionReceipt>;
}

const RESEND_MILLISECONDS = 30_000;
const POLL_MILLISECONDS = 100;
/** Nodes replace a waiting transaction only for a tenth more; an eighth is what they all take. */
const BUMP_NUMERATOR = 9n;
const BUMP_DENOMINATOR = 8n;
/** After this many rounds of resending somebody has to look: the price is three times what it was. */
const MAXIMUM_RESENDS = 10;

/** A transaction that was estimated to succeed and then reverted is tried this often. */
const MAXIMUM_REVERTS = 3;

/** Prices of one transaction; `type` 0 at price 0 on chains without fees. */
type Fees = Pick<TransactionRequest, 'type' | 'gasPrice' | 'maxFeePerGas' | 'maxPriorityFeePerGas'>;

export function createTransactionSender(
  provider: JsonRpcProvider,
  signer: Signer,
  options: SenderOptions = {},
): TransactionSender {
  const { clock = systemClock, resendMilliseconds = RESEND_MILLISECONDS } = options;
  /** The next nonce is known once the last transaction is in a block. */
  let last: Promise<unknown> = Promise.resolve();

  const broadcast = async (transaction: TransactionRequest): Promise<string | null> => {
    try {
      return (await signer.sendTransaction(transaction)).hash;
    } catch (error) {
      // Something with this nonce waits already, ours or one from before a crash, or has just been mined: looking tells.
      if (isError(error, 'REPLACEMENT_UNDERPRICED') || isError(error, 'NONCE_EXPIRED') || isKnown(error)) return null;
      throw error;
    }
  };

  /** Waits until one of the transactions with this nonce is in a block, or `resendMilliseconds` have passed. */
  const mined = async (nonce: number, hashes: readonly string[]): Promise<TransactionReceipt | null> => {
    const deadline = clock.now() + resendMilliseconds;
    do {
      for (const hash of hashes) {
        const receipt = await provider.getTransactionReceipt(hash);
        if (receipt !== null) return receipt;
      }
      const used = await provider.getTransactionCount(signer.getAddress(), 'latest');
      if (used > nonce && (await noneMined(hashes))) throw lost(nonce);
      await clock.wait(POLL_MILLISECONDS);
    } while (clock.now() < deadline);
    return null;
  };

  /** A block may have come between the two questions. */
  const noneMined = async (hashes: readonly string[]): Promise<boolean> => {
    const receipts = await Promise.all(hashes.map((hash) => provider.getTransactionReceipt(hash)));
    return receipts.every((receipt) => receipt === null);
  };

  const deliver = async (compose: () => Promise<ContractTransaction>): Promise<TransactionReceipt> => {
    const draft = await compose();
    const from = await signer.getAddress();
    const gasLimit = withMargin(await provider.estimateGas({ ...draft, from }));
    const nonce = await provider.getTransactionCount(from, 'latest');
    let fees = await feesOf(provider);
    const hashes: string[] = [];
    for (let attempt = 0; attempt <= MAXIMUM_RESENDS; attempt++) {
      const hash = await broadcast({ ...draft, ...fees, gasLimit, nonce });
      if (hash !== null && !hashes.includes(hash)) hashes.push(hash);
      const receipt = await mined(nonce, hashes);
      if (receipt !== null) return receipt;
      fees = raised(fees);
    }
    throw new LedgerError('ledger/unreachable', `the transaction with nonce ${nonce} was in no block for a long time`);
  };

  return {
    send: (doing, compose) => {
      const turn = last.then(async () => {
        try {
          for (let attempt = 0; attempt < MAXIMUM_REVERTS; attempt++) {
            const receipt = await deliver(compose);
            if (receipt.status === 1) return receipt;
            // Something else came first. The next estimate tells whether the contract still refuses, and why.
          }
          const details = { revert: 'without a reason' };
          throw new LedgerError('ledger/reverted', `the contract refused while ${doing}`, { details });
        } catch (error) {
          throw toLedgerError(error, doing);
        }
      });
      last = turn.catch(() => {});
      return turn;
    },
  };
}

/** What the contract does may cost more by the time that it does it: whoever joins in between lengthens a loop. */
function withMargin(gas: bigint): bigint {
  return (gas * 5n) / 4n + 50_000n;
}

/** Another transaction has taken the nonce; whether it said the same only the ledger knows. */
function lost(nonce: number): LedgerError {
  return new LedgerError('ledger/unreachable', `another transaction took nonce ${nonce}; reading the ledger again`);
}

/** ethers has no code for a transaction that the node holds already. */
function isKnown(error: unknown): boolean {
  return /already known|known transaction|already imported|nonce too low|nonce has already been used/i.test(
    messageOf(error),
  );
}

/**
 * On a chain without fees transactions are priced at zero, which ethers would not do by itself; elsewhere at twice the base fee and
 * the tip that the node advises.
 */
export async function feesOf(provider: JsonRpcProvider): Promise<Fees> {
  const block = await provider.getBlock('latest');
  if (block?.baseFeePerGas === 0n) return { type: 0, gasPrice: 0n };
  const { maxFeePerGas, maxPriorityFeePerGas, gasPrice } = await provider.getFeeData();
  if (maxFeePerGas === null || maxPriorityFeePerGas === null) return { type: 0, gasPrice: gasPrice ?? 0n };
  return { type: 2, maxFeePerGas, maxPriorityFeePerGas };
}

function raised(fees: Fees): Fees {
  const raise = (price: Fees['gasPrice']): bigint =>
    (BigInt(price ?? 0) * BUMP_NUMERATOR + BUMP_DENOMINATOR - 1n) / BUMP_DENOMINATOR;
  if (fees.type === 0) return { type: 0, gasPrice: raise(fees.gasPrice) };
  return {
    type: 2,
    maxFeePerGas: raise(fees.maxFeePerGas),
    maxPriorityFeePerGas: raise(fees.maxPriorityFeePerGas),
  };
}
