import type { Hex } from '../../base/bytes.ts';
import type { StandingChange } from '../ledger.ts';
import { refusal, requireThat } from './refusal.ts';

/** What an account is to the consortium; a rotated one is an old key. */
export type Standing = 'active' | 'suspended' | 'removed' | 'rotated';

export interface AccountStanding {
  /** The member's number, which it keeps whatever its key. */
  readonly index: number;
  readonly standing: Standing;
  /** Block of the last change. */
  readonly since: number;
}

/** The rules of the membership contract. */
export interface MemoryMembers {
  standingOf(account: Hex): AccountStanding | undefined;
  current(): Hex[];
  changes(): readonly StandingChange[];
  admit(account: Hex): void;
  suspend(account: Hex): void;
  reinstate(account: Hex): void;
  remove(account: Hex): void;
  rotate(account: Hex, successor: Hex): void;
}

/** @param now the number of the block that a change is in */
export function createMemoryMembers(now: () => number): MemoryMembers {
  const standings = new Map<Hex, AccountStanding>();
  const changes: StandingChange[] = [];
  let count = 0;
  const log = (account: Hex, change: StandingChange['change']): void => {
    changes.push({ change, index: standings.get(account)?.index ?? 0, account, blockNumber: now() });
  };

  const change = (account: Hex, from: readonly Standing[], to: Standing): AccountStanding => {
    const before = standings.get(account);
    if (before === undefined || !from.includes(before.standing)) throw refusal('WrongStanding');
    standings.set(account, { ...before, standing: to, since: now() });
    return before;
  };

  return {
    standingOf: (account) => standings.get(account),
    current: () => [...standings].filter(([, { standing }]) => standing === 'active').map(([account]) => account),
    changes: () => changes,
    admit: (account) => {
      if (standings.has(account)) change(account, ['removed'], 'active');
      else standings.set(account, { index: count++, standing: 'active', since: now() });
      log(account, 'admitted');
    },
    suspend: (account) => {
      change(account, ['active'], 'suspended');
      log(account, 'suspended');
    },
    reinstate: (account) => {
      change(account, ['suspended'], 'active');
      log(account, 'reinstated');
    },
    remove: (account) => {
      const { standing, since, index } = change(account, ['active', 'suspended'], 'removed');
      if (standing === 'suspended') standings.set(account, { index, standing: 'removed', since });
      log(account, 'removed');
    },
    rotate: (account, successor) => {
      requireThat(!standings.has(successor), 'WrongStanding');
      const { index } = change(account, ['active'], 'rotated');
      standings.set(successor, { index, standing: 'active', since: now() });
      log(successor, 'rotated');
    },
  };
}
