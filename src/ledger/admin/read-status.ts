import { type Provider, ZeroAddress } from 'ethers';
import type { Hex } from '../../base/bytes.ts';
import { ledgerAt, membershipAt } from '../bindings.ts';
import { type AdministrationState, readAdministration } from './administration.ts';
import type { Deployment } from './deployment.ts';
import { guarded } from './guarded.ts';
import { listMembers, type Member } from './members.ts';
import { type RoleHolders, readRoleHolders } from './roles.ts';
import { listStudies, type StudySummary } from './studies.ts';

/** A contract that was named to succeed the ledger. */
export interface NamedSuccessor {
  readonly address: Hex;
  /** In seconds since 1970, by the chain's time. */
  readonly effectiveFrom: number;
}

/** A consortium as the chain tells it. */
export interface ConsortiumStatus {
  readonly blockNumber: number;
  readonly administration: AdministrationState;
  readonly roles: RoleHolders;
  readonly governance: { readonly weightShareCapMicros: number; readonly quorumMicros: number };
  readonly members: readonly Member[];
  readonly studies: readonly StudySummary[];
  readonly successor: NamedSuccessor | null;
}

/** Reads everything that an admin may want to know; needs no key. @throws LedgerError */
export async function readStatus(provider: Provider, deployment: Deployment): Promise<ConsortiumStatus> {
  return {
    blockNumber: await guarded('reading the block number', () => provider.getBlockNumber()),
    administration: await readAdministration(provider, deployment.membership),
    roles: await readRoleHolders(provider, deployment),
    governance: await readGovernance(provider, deployment.membership),
    members: await listMembers(provider, deployment.membership),
    studies: await listStudies(provider, deployment),
    successor: await readSuccessor(provider, deployment.ledger),
  };
}

/** The bounds that manifests must keep within. @throws LedgerError */
export async function readGovernance(provider: Provider, membership: Hex): Promise<ConsortiumStatus['governance']> {
  const read = () => membershipAt(membership, provider).governance();
  const { weightShareCapMicros, quorumMicros } = await guarded('reading the governance', read);
  return { weightShareCapMicros: Number(weightShareCapMicros), quorumMicros: Number(quorumMicros) };
}

async function readSuccessor(provider: Provider, ledger: Hex): Promise<NamedSuccessor | null> {
  const read = () => ledgerAt(ledger, provider).namedSuccessor();
  const [named, effective] = await guarded('reading the successor', read);
  return named === ZeroAddress ? null : { address: named.toLowerCase() as Hex, effectiveFrom: Number(effective) };
}
