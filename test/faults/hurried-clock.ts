import { type Clock, systemClock } from '../../src/base/clock.ts';

/** A clock that runs `factor` times as fast, for whoever waits between two attempts. */
export function hurriedClock(factor: number): Clock {
  return {
    now: () => systemClock.now() * factor,
    wait: (milliseconds, signal) => systemClock.wait(milliseconds / factor, signal),
  };
}
