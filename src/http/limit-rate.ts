import type { Clock } from '../base/clock.ts';

export interface Rate {
  readonly perSecond: number;
  /** How many may come at once after a pause. */
  readonly burst: number;
}

/**
 * A limit on how often something happens, by the generic cell rate algorithm (https://en.wikipedia.org/wiki/Generic_cell_rate_algorithm).
 * @returns true if it may happen now, which then counts
 */
export function limitRate({ perSecond, burst }: Rate, clock: Pick<Clock, 'now'>): () => boolean {
  const spacing = 1000 / perSecond;
  let due = Number.NEGATIVE_INFINITY;
  return () => {
    const now = clock.now();
    const next = Math.max(due, now) + spacing;
    if (next - now > burst * spacing) return false;
    due = next;
    return true;
  };
}
