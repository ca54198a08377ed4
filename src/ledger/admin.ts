import { ContractFactory, type JsonRpcProvider, Wallet } from 'ethers';
import type { Hex } from '../base/bytes.ts';
import type { OpenStudy } from '../protocol/study-entries.ts';
import {
  LEDGER_ABI,
  LEDGER_BYTECODE,
  LEDGER_CODE,
  ledgerAt,
  MEMBERSHIP_ABI,
  MEMBERSHIP_BYTECODE,
  MEMBERSHIP_CODE,
  membershipAt,
} from './bindings.ts';
import { assertContractCode } from './contract-code.ts';
import { connectRpc } from './rpc-provider.ts';
import { toLedgerError } from './to-ledger-error.ts';
import { feesOf } from './transaction-sender.ts';

/** Where the contracts are; `deployment.json` holds this. */
export interface Deployment {
  readonly chainId: number;
  readonly membership: Hex;
  readonly ledger: Hex;
  readonly admin: Hex;
}

const GOVERNANCE = { weightShareCapMicros: 500_000, quorumMicros: 500_000 };
const REVEAL_WINDOW_BLOCKS = 50_000;

/** What the consortium's administrator can do, through one node and under one key. */
export interface Administration {
  /**
   * Deploys both contracts and grants the admission and study roles to the administrator.
   * @param delaySeconds how long a handover of the administration has to wait
   */
  deploy(delaySeconds: number): Promise<Deployment>;
  /** Admits accounts, in order; those who are members already are left alone. @returns the newly admitted */
  admit(membership: Hex, accounts: readonly Hex[]): Promise<Hex[]>;
  openStudy(ledger: Hex, study: OpenStudy): Promise<void>;
  close(): void;
}

/** @throws LedgerError from every method: `ledger/unreachable`, `ledger/reverted`, `ledger/not-our-contract` */
export async function administer(rpcUrl: string, privateKey: Hex): Promise<Administration> {
  const provider = await connectRpc(rpcUrl);
  const wallet = new Wallet(privateKey, provider);
  const attempt = async <T>(doing: string, work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      throw toLedgerError(error, doing);
    }
  };
  return {
    deploy: (delaySeconds) => attempt('deploying the contracts', () => deployContracts(provider, wallet, delaySeconds)),
    admit: (membership, accounts) =>
      attempt('admitting members', () => admitMembers(provider, wallet, { membership, accounts })),
    openStudy: (ledger, study) =>
      attempt('opening the study', async () => {
        await assertContractCode(provider, ledger, LEDGER_CODE);
        const response = await ledgerAt(ledger, wallet).openStudy(study, await feesOf(provider));
        await response.wait();
      }),
    close: () => provider.destroy(),
  };
}

async function deployContracts(provider: JsonRpcProvider, wallet: Wallet, delaySeconds: number): Promise<Deployment> {
  const deployOne = async (abi: readonly unknown[], bytecode: string, parameters: readonly unknown[]): Promise<Hex> => {
    const factory = new ContractFactory(abi as never, bytecode, wallet);
    const contract = await factory.deploy(...parameters, await feesOf(provider));
    await contract.waitForDeployment();
    return (await contract.getAddress()).toLowerCase() as Hex;
  };
  const membership = await deployOne(MEMBERSHIP_ABI, MEMBERSHIP_BYTECODE, [delaySeconds, wallet.address, GOVERNANCE]);
  const roles = membershipAt(membership, wallet);
  for (const role of [await roles.ADMISSION_ROLE(), await roles.STUDY_ROLE()]) {
    const response = await roles.grantRole(role, wallet.address, await feesOf(provider));
    await response.wait();
  }
  const ledger = await deployOne(LEDGER_ABI, LEDGER_BYTECODE, [membership, REVEAL_WINDOW_BLOCKS]);
  const { chainId } = await provider.getNetwork();
  return { chainId: Number(chainId), membership, ledger, admin: wallet.address.toLowerCase() as Hex };
}

async function admitMembers(
  provider: JsonRpcProvider,
  wallet: Wallet,
  { membership, accounts }: { membership: Hex; accounts: readonly Hex[] },
): Promise<Hex[]> {
  await assertContractCode(provider, membership, MEMBERSHIP_CODE);
  const contract = membershipAt(membership, wallet);
  const admitted: Hex[] = [];
  for (const account of accounts) {
    if (await contract.isMember(account)) continue;
    const response = await contract.admit(account, await feesOf(provider));
    await response.wait();
    admitted.push(account);
  }
  return admitted;
}
