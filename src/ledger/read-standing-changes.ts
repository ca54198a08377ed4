import { Interface, type Provider } from 'ethers';
import type { Hex } from '../base/bytes.ts';
import { readLogs } from './admin/read-logs.ts';
import { MEMBERSHIP_ABI } from './bindings.ts';
import type { StandingChange } from './ledger.ts';

const CHANGES: Readonly<Record<string, StandingChange['change']>> = {
  MemberAdmitted: 'admitted',
  MemberSuspended: 'suspended',
  MemberReinstated: 'reinstated',
  MemberRemoved: 'removed',
  KeyRotated: 'rotated',
};
const MEMBERSHIP = new Interface(MEMBERSHIP_ABI);
const TOPICS = Object.keys(CHANGES).map((name) => MEMBERSHIP.getEvent(name)?.topicHash ?? '');

/** All changes of standing that the Membership contract's events tell of, in order. */
export async function readStandingChanges(provider: Provider, membership: Hex): Promise<StandingChange[]> {
  const logs = await readLogs(provider, { address: membership, topics: [TOPICS] }, 0);
  return logs.flatMap((log): StandingChange[] => {
    const event = MEMBERSHIP.parseLog(log);
    const change = CHANGES[event?.name ?? ''];
    if (event === null || change === undefined) return [];
    const account = String(change === 'rotated' ? event.args.successor : event.args.member).toLowerCase() as Hex;
    return [{ change, index: Number(event.args.index), account, blockNumber: log.blockNumber }];
  });
}
