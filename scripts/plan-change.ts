import type { Hex } from '../src/base/bytes.ts';
import { usageError } from '../src/cli/command-line.ts';
import type { AdminSession } from '../src/ledger/admin/admin-session.ts';
import { type Member, type MemberChange, planChange, readMember, type Standing } from '../src/ledger/admin/members.ts';

/** Why an account's standing is in the way, and what to do. */
const IN_THE_WAY: Readonly<Record<Standing, string>> = {
  none: 'was never admitted; check the account',
  active: 'is a member that is not suspended',
  suspended: 'is suspended; remove-member --reinstate ends that',
  removed: 'was removed; admit-member admits it again',
  rotated: "is an old key; 'status' shows the member's present account",
};

/** Reads how accounts stand, and refuses all of them if one cannot be changed so. @throws ConsiliumError `cli/usage`; LedgerError */
export async function planOrRefuse(
  provider: AdminSession['provider'],
  membership: Hex,
  change: MemberChange,
  accounts: readonly Hex[],
): Promise<{ todo: Hex[]; done: Hex[] }> {
  const members: Member[] = [];
  for (const account of accounts) members.push(await readMember(provider, membership, account));
  const { todo, done, impossible } = planChange(change, members);
  const [obstacle] = impossible;
  if (obstacle !== undefined)
    throw usageError(`${obstacle.account} ${IN_THE_WAY[obstacle.standing]}; nothing was sent`);
  return { todo: todo.map(({ account }) => account), done: done.map(({ account }) => account) };
}
