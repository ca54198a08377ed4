import type { Hex } from '../base/bytes.ts';
import type { Clock } from '../base/clock.ts';
import { messageOf } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import type { StudyNetwork } from '../gossip/study-network.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { LedgerIndex } from '../ledger/ledger-index.ts';

/** How often connections and ledger are looked after. */
const MAINTENANCE_MILLISECONDS = 1_000;
/** The member set changes rarely, and reading it takes a call a member. */
const TURNS_PER_MEMBER_READ = 5;

export interface MaintenanceDeps {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly network: StudyNetwork;
  readonly ledger: Ledger;
  readonly index: LedgerIndex;
  /** The cached member set: outages of the chain leave it as it was. */
  readonly members: Set<Hex>;
  onLedger(): void;
}

/** Looks after connections, member set and ledger until `signal` aborts; outages of the chain leave things as they were. */
export async function maintainPeer(deps: MaintenanceDeps, signal: AbortSignal): Promise<void> {
  for (let turn = 1; !signal.aborted; turn++) {
    try {
      await deps.network.maintain();
      if (turn % TURNS_PER_MEMBER_READ === 0) await readMembers(deps);
      await deps.index.refresh();
      deps.onLedger();
    } catch (error) {
      deps.logger.warn('peer.maintenance-failed', { error: messageOf(error) });
    }
    await deps.clock.wait(MAINTENANCE_MILLISECONDS, signal);
  }
}

async function readMembers({ ledger, members }: MaintenanceDeps): Promise<void> {
  const current = await ledger.members();
  for (const account of members) if (!current.includes(account)) members.delete(account);
  for (const account of current) members.add(account);
}
