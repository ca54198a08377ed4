import { Interface, id, type Provider, ZeroHash } from 'ethers';
import type { Hex } from '../../base/bytes.ts';
import { MEMBERSHIP_ABI } from '../bindings.ts';
import type { Deployment } from './deployment.ts';
import { guarded } from './guarded.ts';
import { readLogs } from './read-logs.ts';

/** The roles of the Membership contract, by the names that it gives them. */
export const ROLE_NAMES = ['ADMISSION_ROLE', 'STUDY_ROLE'] as const;
export type RoleName = (typeof ROLE_NAMES)[number];

/** The contract's identifier of a role. */
export function roleId(name: RoleName): Hex {
  return id(name) as Hex;
}

export interface RoleHolders {
  readonly ADMISSION_ROLE: readonly Hex[];
  readonly STUDY_ROLE: readonly Hex[];
  /** Who was the administrator and is it no more. */
  readonly formerAdmins: readonly Hex[];
}

const MEMBERSHIP = new Interface(MEMBERSHIP_ABI);

/** Who holds which role, as the contract's events tell. @throws LedgerError */
export async function readRoleHolders(provider: Provider, deployment: Deployment): Promise<RoleHolders> {
  const { membership: address, created } = deployment;
  const topics = [[id('RoleGranted(bytes32,address,address)'), id('RoleRevoked(bytes32,address,address)')]];
  const from = created.membership.blockNumber ?? 0;
  const logs = await guarded('reading the roles', () => readLogs(provider, { address, topics }, from));
  const holders = new Map<string, Set<Hex>>();
  const formerAdmins = new Set<Hex>();
  for (const log of logs) {
    const event = MEMBERSHIP.parseLog(log);
    if (event === null) continue;
    const role = String(event.args.role);
    const account = String(event.args.account).toLowerCase() as Hex;
    const current = holders.get(role) ?? new Set();
    holders.set(role, current);
    if (event.name === 'RoleGranted') current.add(account);
    else current.delete(account);
    if (role !== ZeroHash) continue;
    if (event.name === 'RoleGranted') formerAdmins.delete(account);
    else formerAdmins.add(account);
  }
  const of = (name: RoleName): Hex[] => [...(holders.get(roleId(name)) ?? [])];
  return { ADMISSION_ROLE: of('ADMISSION_ROLE'), STUDY_ROLE: of('STUDY_ROLE'), formerAdmins: [...formerAdmins] };
}
