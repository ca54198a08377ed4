import type { Clock } from '../base/clock.ts';
import { isConsiliumError, messageOf } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import type { StudyNetwork } from '../gossip/study-network.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { LedgerIndex } from '../ledger/ledger-index.ts';
import type { Announcement } from '../protocol/announcement.ts';
import type { PeerStore } from './peer-store.ts';

/** How often the ledger is held against what was announced: a question to the store for each contribution. */
const COMPARE_MILLISECONDS = 30_000;
/** Rounds that are asked for at a time: whoever lies in every round must not make the others seem to flood each other with questions. */
const ROUNDS_AT_A_TIME = 8;

export interface EquivocationDeps {
  readonly clock: Pick<Clock, 'now'>;
  readonly logger: Logger;
  readonly network: Pick<StudyNetwork, 'catchUp'>;
  readonly ledger: Pick<Ledger, 'reportEquivocation'>;
  readonly index: Pick<LedgerIndex, 'entries' | 'find'>;
  readonly store: Pick<PeerStore, 'announcement' | 'contributionHash' | 'equivocations'>;
}

/** Shows two contributions of one member for one round to everybody, once, by whoever is first. */
export interface EquivocationReporter {
  /** Does what is due, as far as the index has been read. @throws LedgerError if the ledger cannot be reached */
  work(): Promise<void>;
}

export function createEquivocationReporter(deps: EquivocationDeps): EquivocationReporter {
  const { clock, store, index, network, logger } = deps;
  let comparedAt = Number.NEGATIVE_INFINITY;
  const asked = new Set<number>();

  /**
   * Records that reached different peers while these were apart: the ledger has one, this peer the other. What is on the ledger proves
   * nothing without its signature, and so the members are asked for that round: whoever holds the other record hands it over.
   */
  const askForOthers = async (): Promise<void> => {
    if (clock.now() - comparedAt < COMPARE_MILLISECONDS) return;
    comparedAt = clock.now();
    const due = [...contradictedRounds(deps)].filter((round) => !asked.has(round)).slice(0, ROUNDS_AT_A_TIME);
    // Once all were asked for, they are asked for again: who holds the other record may have been away.
    if (due.length === 0) asked.clear();
    for (const round of due) {
      asked.add(round);
      await network.catchUp(round);
    }
  };

  const report = async (second: Announcement): Promise<void> => {
    const { member, round } = second.record;
    const first = store.announcement(member, round);
    if (first === null || isReported(index, second)) return;
    logger.warn('peer.equivocation', { member, round });
    try {
      await deps.ledger.reportEquivocation(first, second);
    } catch (error) {
      // Somebody else was first, or the study is closed: no reason to keep other proofs back.
      if (!isConsiliumError(error, 'ledger/reverted')) throw error;
      logger.debug('peer.equivocation-refused', { member, round, error: messageOf(error) });
    }
  };

  return {
    async work() {
      await askForOthers();
      for (const second of store.equivocations()) await report(second);
    },
  };
}

function isReported(index: Pick<LedgerIndex, 'entries'>, { record }: Announcement): boolean {
  return index
    .entries()
    .some(
      (entry) =>
        entry.kind === 'equivocated' && entry.record.member === record.member && entry.record.round === record.round,
    );
}

/** Rounds for which the ledger has another contribution of a member than this peer, and no proof of it is known. */
function contradictedRounds({ index, store }: EquivocationDeps): Set<number> {
  const proven = new Set(store.equivocations().map(({ record }) => `${record.round}/${record.member}`));
  const rounds = new Set<number>();
  for (const entry of index.entries()) {
    if (entry.kind !== 'contribution') continue;
    const { member, round } = entry.record;
    const announced = store.contributionHash(member, round);
    if (announced === undefined || index.find(announced) !== undefined) continue;
    if (!proven.has(`${round}/${member}`)) rounds.add(round);
  }
  return rounds;
}
