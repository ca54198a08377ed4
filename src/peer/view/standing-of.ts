import type { Hex } from '../../base/bytes.ts';
import type { LedgerEntry } from '../../protocol/ledger-entry.ts';
import { participantsIn } from '../../protocol/participants.ts';
import type { Standing } from '../peer-status.ts';

/**
 * Whether an account may go on in a study.
 * @param entries the study's log
 * @param members the consortium's present accounts
 */
export function standingOf(entries: readonly LedgerEntry[], members: ReadonlySet<Hex>, self: Hex): Standing {
  const own = participantsIn(entries).find(({ accounts }) => accounts.includes(self));
  if (own !== undefined && own.account !== self) return 'replaced';
  if (entries.some(({ kind, record }) => kind === 'excluded' && record.member === self) && own?.endRound !== null)
    return 'excluded';
  return members.has(self) ? 'member' : 'removed';
}
