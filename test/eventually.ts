import { systemClock } from '../src/base/clock.ts';

/** Tries an assertion again until it holds; fails with its last error. @param within milliseconds */
export async function eventually(assertion: () => void | Promise<void>, within = 20_000): Promise<void> {
  const deadline = systemClock.now() + within;
  for (;;) {
    try {
      return await assertion();
    } catch (error) {
      if (systemClock.now() > deadline) throw error;
      await systemClock.wait(25);
    }
  }
}
