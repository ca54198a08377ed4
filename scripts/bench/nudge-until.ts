import { systemClock } from '../../src/base/clock.ts';
import { eventually } from '../../test/eventually.ts';

const PATIENCE_MILLISECONDS = 60_000;
const NUDGE_MILLISECONDS = 2_000;

/** Waits for what mostly comes by itself, and now and then does something about it that is too dear to do all the time. */
export async function nudgeUntil(isDone: () => boolean, nudge: () => Promise<void>): Promise<void> {
  const check = (): void => {
    if (!isDone())
      throw new Error('a peer waits in vain to be connected to all others, or to hear what they announced');
  };
  for (const deadline = systemClock.now() + PATIENCE_MILLISECONDS; systemClock.now() < deadline; ) {
    const came = await eventually(check, NUDGE_MILLISECONDS).then(
      () => true,
      () => false,
    );
    if (came) return;
    await nudge();
  }
  check();
}
