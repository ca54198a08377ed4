import {
  type ContractDeployTransaction,
  type ContractTransaction,
  getCreateAddress,
  type JsonRpcProvider,
  type TransactionReceipt,
} from 'ethers';
import type { Hex } from '../../base/bytes.ts';
import { type AccountSigner, toEthersSigner } from '../account-signer.ts';
import { connectRpc } from '../rpc-provider.ts';
import { createTransactionSender } from '../transaction-sender.ts';
import { explainRefusal } from './explain-refusal.ts';
import { guarded } from './guarded.ts';

/** A transaction that an admin's command consists of. */
export interface Step {
  /** What it does, to go on from "while": `admitting 0x…`. */
  readonly doing: string;
  /** It builds on an earlier step, so that a dry run, which sent none, cannot ask the node about it. */
  readonly follows?: boolean;
  compose(): Promise<ContractTransaction | ContractDeployTransaction>;
}

/** A step that was done; in a dry run, one that would be. */
export interface DoneStep {
  readonly step: string;
  /** Null in a dry run. */
  readonly transaction: Hex | null;
}

/** An admin's connection to a chain, under one key. */
export interface AdminSession {
  readonly provider: JsonRpcProvider;
  readonly chainId: number;
  /** The key's account. */
  readonly account: Hex;
  readonly dryRun: boolean;
  /**
   * Sends a transaction and waits until it is in a block; a dry run only asks the node whether the contract would take it.
   * @returns null in a dry run
   * @throws LedgerError `ledger/reverted`, with what can be done about it; `ledger/unreachable`
   */
  send(step: Step): Promise<TransactionReceipt | null>;
  /** Where a contract will be that the next step creates. @throws LedgerError */
  nextContractAddress(): Promise<Hex>;
  close(): void;
}

export interface AdminSessionOptions {
  readonly rpcUrl: string | readonly string[];
  readonly signer: AccountSigner;
  readonly dryRun?: boolean;
  readonly onStep?: (step: DoneStep) => void;
  /** Between two steps, this is where the command can be stopped. */
  readonly signal?: AbortSignal;
}

/** @throws LedgerError `ledger/unreachable`, `ledger/wrong-chain` */
export async function openAdminSession(options: AdminSessionOptions): Promise<AdminSession> {
  const provider = await connectRpc(options.rpcUrl);
  const { chainId } = await provider.getNetwork();
  return createSession(options, provider, Number(chainId));
}

function createSession(
  { signer, dryRun = false, onStep = () => {}, signal }: AdminSessionOptions,
  provider: JsonRpcProvider,
  chainId: number,
): AdminSession {
  const { account } = signer;
  const sender = createTransactionSender(provider, toEthersSigner(signer, provider));
  /** Steps of a dry run: each would have taken a nonce. */
  let unsent = 0;

  const rehearse = async ({ doing, follows = false, compose }: Step): Promise<null> => {
    if (!follows) await guarded(doing, async () => provider.estimateGas({ ...(await compose()), from: account }));
    unsent += 1;
    onStep({ step: doing, transaction: null });
    return null;
  };
  const perform = async ({ doing, compose }: Step): Promise<TransactionReceipt> => {
    // The sender is as good for a transaction that creates a contract and so has no receiver.
    const receipt = await sender.send(doing, async () => (await compose()) as ContractTransaction);
    onStep({ step: doing, transaction: receipt.hash as Hex });
    return receipt;
  };

  return {
    provider,
    chainId,
    account,
    dryRun,
    send: async (step) => {
      signal?.throwIfAborted();
      try {
        return await (dryRun ? rehearse(step) : perform(step));
      } catch (error) {
        throw explainRefusal(error, account);
      }
    },
    nextContractAddress: () =>
      guarded('asking for the next nonce', async () => {
        const nonce = (await provider.getTransactionCount(account, 'latest')) + unsent;
        return getCreateAddress({ from: account, nonce }).toLowerCase() as Hex;
      }),
    close: () => provider.destroy(),
  };
}
