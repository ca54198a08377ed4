import type { Clock } from '../base/clock.ts';

/** How long outbox, maintenance and network may each take to end when the peer is told to stop, and what still waits for the chain. */
const LEAVE_MILLISECONDS = 3_000;

/** How a peer comes to its end, in order and in time. */
export interface Ending {
  /** Aborts when the peer is told to stop, or has come to its end. */
  readonly stopping: AbortSignal;
  /** Aborts a while after the peer was told to stop: a chain that does not answer must not keep it, what is not told stays in the outbox. */
  readonly hangUp: AbortSignal;
  /** Nothing new is begun from now on. */
  stop(): void;
  /** Waits for what is ending, but no longer than it may take. */
  patiently(ending: Promise<unknown> | undefined): Promise<void>;
  /** Forgets the signal, and cuts off what is left. */
  release(): void;
}

/** @param signal tells the peer to stop */
export function createEnding(clock: Clock, signal: AbortSignal): Ending {
  const [stopping, hangUp, released] = [new AbortController(), new AbortController(), new AbortController()];
  const patience = (): Promise<void> => clock.wait(LEAVE_MILLISECONDS, released.signal);
  const leave = (): void => {
    stopping.abort(signal.reason);
    void patience().then(() => hangUp.abort());
  };
  if (signal.aborted) leave();
  else signal.addEventListener('abort', leave, { once: true });
  return {
    stopping: stopping.signal,
    hangUp: hangUp.signal,
    stop: () => stopping.abort(),
    patiently: async (ending) => void (await Promise.race([ending, patience()])),
    release() {
      signal.removeEventListener('abort', leave);
      released.abort();
      hangUp.abort();
    },
  };
}
