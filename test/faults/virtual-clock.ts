import type { Clock } from '../../src/base/clock.ts';

/** A clock on which waiting takes no time: it jumps to the end of the wait. */
export function createVirtualClock(): Clock {
  let now = 0;
  return {
    now: () => now,
    wait: async (milliseconds) => {
      now += milliseconds;
    },
  };
}
