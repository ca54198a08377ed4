import type { Hex } from '../base/bytes.ts';
import type { Clock } from '../base/clock.ts';
import { messageOf } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import type { StudyNetwork } from '../gossip/study-network.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { LedgerIndex } from '../ledger/ledger-index.ts';
import type { BeginningTerms } from '../protocol/continuation.ts';
import type { CoSigner } from './co-sign.ts';
import type { EquivocationReporter } from './report-equivocations.ts';
import { participantsOf } from './study-knowledge.ts';

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
  readonly study: Hex;
  readonly manifest: BeginningTerms;
  readonly self: Hex;
  readonly coSigner: CoSigner;
  readonly equivocations: EquivocationReporter;
  onLedger(): void;
}

/** Looks after connections, member set and ledger until `signal` aborts; outages of the chain leave things as they were. */
export async function maintainPeer(deps: MaintenanceDeps, signal: AbortSignal): Promise<void> {
  const tried = new Set<Hex>();
  for (let turn = 1; !signal.aborted; turn++) {
    try {
      await deps.network.maintain();
      if (turn % TURNS_PER_MEMBER_READ === 0) await readMembers(deps);
      await deps.index.refresh();
      deps.onLedger();
      await deps.coSigner.work();
      await deps.equivocations.work();
      await excludeFormer(deps, tried);
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

/**
 * Who lost its standing in the consortium is entered into the study's log, so that all agree on the round from which on. The first in
 * order of joining of those who are there does it; an old key of a member that has a new one is left to the member.
 */
async function excludeFormer(deps: MaintenanceDeps, tried: Set<Hex>): Promise<void> {
  const { ledger, index, members, network, logger, self, study } = deps;
  const participants = participantsOf(index, deps.manifest);
  const present = new Set([self, ...network.connectedMembers()]);
  const first = participants.find((account) => members.has(account) && present.has(account));
  const former = participants.find((account) => !members.has(account) && !tried.has(account));
  if (former === undefined || first !== self) return;
  tried.add(former);
  logger.warn('peer.excluding', { member: former });
  await ledger.exclude(study, former);
}
