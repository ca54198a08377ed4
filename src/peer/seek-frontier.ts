import type { Clock } from '../base/clock.ts';
import type { StudyNetwork } from '../gossip/study-network.ts';
import type { LedgerIndex } from '../ledger/ledger-index.ts';
import type { Manifest } from '../protocol/manifest.ts';
import type { PeerStore } from './peer-store.ts';

export interface SeekDeps {
  readonly clock: Clock;
  readonly manifest: Pick<Manifest, 'rounds'>;
  readonly network: Pick<StudyNetwork, 'catchUp' | 'connectedMembers'>;
  readonly index: Pick<LedgerIndex, 'entries'>;
  readonly store: Pick<PeerStore, 'recordsOf'>;
  /** The round that this peer would go on with. */
  readonly round: number;
}

const LOOK_MILLISECONDS = 250;
/** How long a peer that has just started waits for somebody to ask. */
const PATIENCE_MILLISECONDS = 5_000;

/**
 * Asks the connected members for the records of the newest rounds, so that a peer that was away, or is new, learns where the others are.
 * The ledger tells how far they were when it was read last; from there on, rounds are asked for in steps that double, and then by halves: a
 * few dozen questions for any number of rounds.
 */
export async function seekFrontier(deps: SeekDeps, signal: AbortSignal): Promise<void> {
  const { clock, network, index, manifest, store } = deps;
  const begun = clock.now();
  while (network.connectedMembers().length === 0 && clock.now() - begun < PATIENCE_MILLISECONDS && !signal.aborted) {
    await clock.wait(LOOK_MILLISECONDS, signal);
  }
  const isKnown = async (round: number): Promise<boolean> => {
    await network.catchUp(round);
    return store.recordsOf(round).contributions.length > 0;
  };
  const recorded = index
    .entries()
    .reduce((most, entry) => (entry.kind === 'contribution' ? Math.max(most, entry.record.round) : most), -1);
  let reached = Math.max(deps.round, recorded);
  await network.catchUp(reached);
  let step = 1;
  while (reached + step <= manifest.rounds && !signal.aborted && (await isKnown(reached + step))) {
    reached += step;
    step *= 2;
  }
  for (; step >= 1 && !signal.aborted; step = Math.floor(step / 2)) {
    if (reached + step <= manifest.rounds && (await isKnown(reached + step))) reached += step;
  }
  // Whoever is at the newest round has announced it, and most of the others the one before.
  if (reached > 0) await network.catchUp(reached - 1);
  await clock.wait(LOOK_MILLISECONDS, signal);
}
