import { type Provider, ZeroAddress } from 'ethers';
import type { Hex } from '../../base/bytes.ts';
import { membershipAt } from '../bindings.ts';
import type { AdminSession } from './admin-session.ts';
import type { Deployment } from './deployment.ts';
import { guarded } from './guarded.ts';
import { ROLE_NAMES, type RoleHolders, roleId } from './roles.ts';

/** A hand-over of the administration that was begun. Times are the chain's, in seconds since 1970. */
export interface PendingTransfer {
  readonly to: Hex;
  /** It can be accepted in a block after this time. */
  readonly acceptableAfter: number;
}

export interface AdministrationState {
  /** Null if the administration was given up for good. */
  readonly admin: Hex | null;
  readonly pending: PendingTransfer | null;
  readonly delaySeconds: number;
  /** Time of the newest block. */
  readonly now: number;
}

/** @throws LedgerError */
export async function readAdministration(provider: Provider, membership: Hex): Promise<AdministrationState> {
  return guarded('reading the administration', async () => {
    const contract = membershipAt(membership, provider);
    const [to, schedule] = await contract.pendingDefaultAdmin();
    const block = await provider.getBlock('latest');
    return {
      admin: present(await contract.defaultAdmin()),
      pending: schedule === 0n ? null : { to: to.toLowerCase() as Hex, acceptableAfter: Number(schedule) },
      delaySeconds: Number(await contract.defaultAdminDelay()),
      now: block?.timestamp ?? 0,
    };
  });
}

function present(address: string): Hex | null {
  return address === ZeroAddress ? null : (address.toLowerCase() as Hex);
}

/** Offers the administration to another account; after the delay that one can accept it. @throws LedgerError */
export async function beginTransfer(session: AdminSession, membership: Hex, to: Hex): Promise<void> {
  const compose = () => membershipAt(membership, session.provider).beginDefaultAdminTransfer.populateTransaction(to);
  await session.send({ doing: `offering the administration to ${to}`, compose });
}

/** @throws LedgerError */
export async function cancelTransfer(session: AdminSession, membership: Hex): Promise<void> {
  const compose = () => membershipAt(membership, session.provider).cancelDefaultAdminTransfer.populateTransaction();
  await session.send({ doing: 'taking back the offer of the administration', compose });
}

/**
 * Accepts the administration, takes both roles, and takes them away from whoever was the administrator before. What an
 * interrupted run has done is not done again.
 * @throws LedgerError
 */
export async function acceptTransfer(
  session: AdminSession,
  { membership }: Deployment,
  { state, holders }: { state: AdministrationState; holders: RoleHolders },
): Promise<void> {
  const contract = membershipAt(membership, session.provider);
  const pending = state.admin !== session.account;
  if (pending) {
    const compose = () => contract.acceptDefaultAdminTransfer.populateTransaction();
    await session.send({ doing: 'accepting the administration', compose });
  }
  const former = new Set([...holders.formerAdmins, ...(state.admin === null ? [] : [state.admin])]);
  former.delete(session.account);
  for (const name of ROLE_NAMES) {
    const role = roleId(name);
    if (!holders[name].includes(session.account)) {
      const compose = () => contract.grantRole.populateTransaction(role, session.account);
      await session.send({ doing: `granting ${name} to ${session.account}`, follows: pending, compose });
    }
    for (const account of holders[name].filter((holder) => former.has(holder))) {
      const compose = () => contract.revokeRole.populateTransaction(role, account);
      await session.send({ doing: `revoking ${name} of ${account}`, follows: pending, compose });
    }
  }
}
