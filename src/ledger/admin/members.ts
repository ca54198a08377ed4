import type { Provider } from 'ethers';
import type { Hex } from '../../base/bytes.ts';
import { type MembershipContract, membershipAt } from '../bindings.ts';
import type { AdminSession } from './admin-session.ts';
import { guarded } from './guarded.ts';

/** In the order of the contract's numbers. */
const STANDINGS = ['none', 'active', 'suspended', 'removed', 'rotated'] as const;
export type Standing = (typeof STANDINGS)[number];

export interface Member {
  readonly account: Hex;
  readonly standing: Standing;
  /** The member's number; without meaning for an account that was never admitted. */
  readonly index: number;
  /** Block of the last change. */
  readonly sinceBlock: number;
}

/** @throws LedgerError */
export async function readMember(provider: Provider, membership: Hex, account: Hex): Promise<Member> {
  return guarded('reading a member', () => memberOf(membershipAt(membership, provider), account));
}

/** Everybody who was ever admitted, under the newest account, by number. @throws LedgerError */
export async function listMembers(provider: Provider, membership: Hex): Promise<Member[]> {
  return guarded('reading the members', async () => {
    const contract = membershipAt(membership, provider);
    const members: Member[] = [];
    const count = Number(await contract.memberCount());
    for (let index = 0; index < count; index++) {
      members.push(await memberOf(contract, (await contract.memberAt(index)).toLowerCase() as Hex));
    }
    return members;
  });
}

async function memberOf(contract: MembershipContract, account: Hex): Promise<Member> {
  const { index, standing, since } = await contract.standingOf(account);
  return { account, standing: STANDINGS[Number(standing)] ?? 'none', index: Number(index), sinceBlock: Number(since) };
}

export type MemberChange = 'admit' | 'suspend' | 'reinstate' | 'remove';

const CHANGES: Readonly<Record<MemberChange, { doing: string; from: readonly Standing[]; to: Standing }>> = {
  admit: { doing: 'admitting', from: ['none', 'removed'], to: 'active' },
  suspend: { doing: 'suspending', from: ['active'], to: 'suspended' },
  reinstate: { doing: 'reinstating', from: ['suspended'], to: 'active' },
  remove: { doing: 'removing', from: ['active', 'suspended'], to: 'removed' },
};

export interface ChangePlan {
  readonly todo: readonly Member[];
  /** They are what they should become. */
  readonly done: readonly Member[];
  /** The contract would refuse. */
  readonly impossible: readonly Member[];
}

/** What a change means for accounts as they stand. */
export function planChange(change: MemberChange, members: readonly Member[]): ChangePlan {
  const { from, to } = CHANGES[change];
  return {
    todo: members.filter(({ standing }) => from.includes(standing)),
    done: members.filter(({ standing }) => standing === to),
    impossible: members.filter(({ standing }) => standing !== to && !from.includes(standing)),
  };
}

/** Changes members' standing, one after another. @throws LedgerError */
export async function changeMembers(
  session: AdminSession,
  membership: Hex,
  change: MemberChange,
  accounts: readonly Hex[],
): Promise<void> {
  const contract = membershipAt(membership, session.provider);
  for (const account of accounts) {
    const compose = () => contract[change].populateTransaction(account);
    await session.send({ doing: `${CHANGES[change].doing} ${account}`, compose });
  }
}

/** Gives a member another account. @throws LedgerError */
export async function rotateKey(
  session: AdminSession,
  membership: Hex,
  { from, to }: { readonly from: Hex; readonly to: Hex },
): Promise<void> {
  const contract = membershipAt(membership, session.provider);
  const compose = () => contract.rotate.populateTransaction(from, to);
  await session.send({ doing: `rotating ${from} to ${to}`, compose });
}
