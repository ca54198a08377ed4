import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  ContractFactory,
  hexlify,
  type InterfaceAbi,
  JsonRpcProvider,
  keccak256,
  Network,
  randomBytes,
  toBeHex,
  toUtf8Bytes,
  Wallet,
} from 'ethers';
import {
  type ContributionInput,
  LEDGER_ABI,
  LEDGER_BYTECODE,
  type LedgerContract,
  ledgerAt,
  MEMBERSHIP_ABI,
  MEMBERSHIP_BYTECODE,
  type MembershipContract,
  membershipAt,
  type ValuationInput,
} from '../../src/ledger/bindings.ts';
import { type EmbeddedChain, openEmbeddedChain } from '../../src/ledger/embedded/embedded-chain.ts';
import { startJsonRpcServer } from '../../src/ledger/embedded/json-rpc-server.ts';
import { domainOf, sign } from './typed-data.ts';

/** An embedded chain behind JSON-RPC, in a folder of its own. */
export interface TestChain {
  readonly chain: EmbeddedChain;
  readonly url: string;
  readonly provider: JsonRpcProvider;
  /** A new key; on this chain it needs no funds. */
  wallet(): Wallet;
  stop(): Promise<void>;
}

export async function startTestChain(): Promise<TestChain> {
  const dataDirectory = await mkdtemp(join(tmpdir(), 'consilium-chain-'));
  const chain = await openEmbeddedChain({ dataDirectory });
  const server = await startJsonRpcServer(chain);
  const provider = providerFor(server.url, chain.chainId);
  return {
    chain,
    url: server.url,
    provider,
    wallet: () => new Wallet(hexlify(randomBytes(32)), provider),
    stop: async () => {
      provider.destroy();
      await server.stop();
      await chain.close();
      await rm(dataDirectory, { recursive: true });
    },
  };
}

export function providerFor(url: string, chainId: number): JsonRpcProvider {
  return new JsonRpcProvider(url, Network.from(chainId), {
    staticNetwork: true,
    cacheTimeout: -1,
    pollingInterval: 50,
  });
}

export interface Consortium {
  readonly admin: Wallet;
  readonly members: readonly Wallet[];
  readonly membership: MembershipContract;
  readonly ledger: LedgerContract;
  readonly study: string;
}

/** The last second that a deadline can name. */
const NEVER = 2n ** 64n - 1n;

/** Deploys both contracts, admits members, opens a study of `rounds` rounds, and lets them all join. */
export async function startConsortium(
  testChain: TestChain,
  { memberCount, rounds = 4 }: { memberCount: number; rounds?: number },
): Promise<Consortium> {
  const admin = testChain.wallet();
  const members = Array.from({ length: memberCount }, () => testChain.wallet());
  const governance = { weightShareCapMicros: 500_000, quorumMicros: 666_667 };
  const membership = membershipAt(
    await deploy(admin, MEMBERSHIP_ABI, MEMBERSHIP_BYTECODE, [0, admin.address, governance]),
    admin,
  );
  const ledger = ledgerAt(await deploy(admin, LEDGER_ABI, LEDGER_BYTECODE, [membership.target, 10_000]), admin);
  await (await membership.grantRole(await membership.ADMISSION_ROLE(), admin)).wait();
  await (await membership.grantRole(await membership.STUDY_ROLE(), admin)).wait();
  const study = digest('study', ledger.target);
  const terms = { rounds, maximumMembers: 64, stalenessBound: 3 };
  const budgets = { epsilonBudgetMicros: 8_000_000, deltaBudgetPicos: 10_000_000 };
  await (await ledger.openStudy({ study, ...terms, ...budgets })).wait();
  const domain = domainOf(testChain.chain.chainId, ledger.target as string);
  for (const member of members) {
    await (await membership.admit(member)).wait();
    const consent = { study, member: member.address, dataCommitment: digest('data', member.address), deadline: NEVER };
    await (await ledger.join(consent, await sign(member, domain, 'Join', consent))).wait();
  }
  return { admin, members, membership, ledger, study };
}

export async function deploy(
  wallet: Wallet,
  abi: InterfaceAbi,
  bytecode: string,
  args: readonly unknown[] = [],
): Promise<string> {
  const contract = await new ContractFactory(abi, bytecode, wallet).deploy(...args);
  await contract.waitForDeployment();
  return contract.getAddress();
}

/** The same contract under another key. */
export function as(ledger: LedgerContract, wallet: Wallet): LedgerContract {
  return ledger.connect(wallet) as LedgerContract;
}

/** A digest that names what it stands for. */
export function digest(...parts: readonly unknown[]): string {
  return keccak256(toUtf8Bytes(parts.map(String).join('/')));
}

export function contribution(study: string, member: string, round: number): ContributionInput {
  return {
    study,
    round,
    member,
    base: digest('base', member, round),
    recipe: round === 0 ? toBeHex(0, 32) : digest('recipe', member, round),
    update: digest('update', member, round),
    samples: 100,
    epsilonMicros: 1000 * (round + 1),
    metrics: digest('metrics', member, round),
    scoreCommitment: toBeHex(0, 32),
  };
}

/** Scores for `members` participants. */
export function valuation(study: string, evaluator: string, round: number, members: number): ValuationInput {
  const scores = Array.from({ length: Math.ceil(members / 8) }, (_, word) => digest('scores', evaluator, round, word));
  return { study, round, evaluator, scores, salt: digest('salt', evaluator, round) };
}
