import type { Hex } from '../base/bytes.ts';
import type { Clock } from '../base/clock.ts';
import { type ForwardingCounters, forwardingScore, NO_ANSWERS, withAnswer } from './forwarding-score.ts';

/** A record that this peer has had for so long has had the time to reach everybody. */
const SETTLED_MILLISECONDS = 10_000;
/** Records whose arrival is remembered: those of a few rounds of the largest study. */
const MAXIMUM_REMEMBERED = 4096;

/** Keeps the forwarding score of each connected peer. */
export interface ForwardingWatch {
  /** A peer answered with these records of a round, of which this peer knows those. */
  note(peer: string, answer: { readonly known: readonly Hex[]; readonly handed: ReadonlySet<Hex> }): void;
  scoreOf(peer: string): number;
}

export function createForwardingWatch(clock: Pick<Clock, 'now'>): ForwardingWatch {
  const counters = new Map<string, ForwardingCounters>();
  const knownSince = new Map<Hex, number>();
  const settled = (record: Hex): boolean => {
    const since = knownSince.get(record);
    if (since !== undefined) return clock.now() - since >= SETTLED_MILLISECONDS;
    knownSince.set(record, clock.now());
    const [oldest] = knownSince.keys();
    if (knownSince.size > MAXIMUM_REMEMBERED && oldest !== undefined) knownSince.delete(oldest);
    return false;
  };
  return {
    note(peer, { known, handed }) {
      const expected = known.filter(settled);
      const answer = { expected: expected.length, handed: expected.filter((record) => handed.has(record)).length };
      counters.set(peer, withAnswer(counters.get(peer) ?? NO_ANSWERS, answer));
    },
    scoreOf: (peer) => forwardingScore(counters.get(peer) ?? NO_ANSWERS),
  };
}
