import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Hex } from '../../src/base/bytes.ts';
import { administer } from '../../src/ledger/admin.ts';
import { type EmbeddedChain, openEmbeddedChain } from '../../src/ledger/embedded/embedded-chain.ts';
import { startJsonRpcServer } from '../../src/ledger/embedded/json-rpc-server.ts';
import { connectLedger } from '../../src/ledger/ethers-ledger.ts';
import { digest, memberAccount, memberKey } from '../builders.ts';
import type { StudyPlace } from './study-records.ts';

/** A study on an embedded chain that other processes can reach; its first `members` test members have joined. */
export interface FaultStudy extends StudyPlace {
  readonly url: string;
  readonly contract: Hex;
  /** Where the chain keeps its journal. */
  readonly folder: string;
  /** The chain that answers at the address; a test may put another one in its place. */
  chain: EmbeddedChain;
  stop(): Promise<void>;
}

/** The key that opens studies. */
export const STUDY_ADMIN = 99;

export interface StudyTerms {
  readonly members: number;
  readonly rounds: number;
}

export async function startFaultStudy(terms: StudyTerms): Promise<FaultStudy> {
  const folder = await mkdtemp(join(tmpdir(), 'consilium-faults-'));
  const chain = await openEmbeddedChain({ dataDirectory: folder, notice: () => undefined });
  const current = { chain };
  const server = await startJsonRpcServer({ request: (method, params) => current.chain.request(method, params) });
  const { contract, study } = await prepareStudy(server.url, terms);
  return Object.assign(current, {
    url: server.url,
    contract,
    study,
    domain: { chainId: chain.chainId, contract },
    folder,
    stop: async () => {
      await server.stop();
      await current.chain.close();
      await rm(folder, { recursive: true });
    },
  });
}

/** Deploys the contracts, opens a study and lets the members join, through the node at `url`. */
export async function prepareStudy(
  url: string,
  { members, rounds }: StudyTerms,
): Promise<{ contract: Hex; study: Hex }> {
  const admin = await administer(url, memberKey(STUDY_ADMIN));
  const { ledger: contract, membership } = await admin.deploy(0);
  const numbers = Array.from({ length: members }, (_, i) => i + 1);
  await admin.admit(membership, numbers.map(memberAccount));
  const study = digest(`fault study ${contract}`);
  const bounds = { maximumMembers: 64, stalenessBound: 1, epsilonBudgetMicros: 0, deltaBudgetPicos: 0 };
  await admin.openStudy(contract, { study, rounds, ...bounds });
  admin.close();
  const connection = await connectLedger({ rpcUrl: url, contract });
  for (const n of numbers) await connection.as(memberKey(n)).join(study, digest(`data ${n}`));
  connection.close();
  return { contract, study };
}
