import { useEffect, useState } from 'preact/hooks';
import { AskError, type Failure } from './ask.ts';
import { readEvents } from './read-events.ts';

export interface Live<T> {
  /** The newest state; kept while the connection is lost. */
  readonly value: T | null;
  /** Null while connected. */
  readonly failure: Failure | null;
  /** What went wrong, where somebody said. */
  readonly message: string | null;
  /** When the connection was lost, milliseconds since 1970. */
  readonly lostAt: number | null;
}

const FIRST_PAUSE = 500;
const LONGEST_PAUSE = 10_000;

/**
 * The state that a stream of events tells, for as long as the page is open: reconnects by itself, more and more rarely.
 * @param attempt another number begins anew, for instance with another token
 */
export function useLive<T>(path: string, event: string, attempt = 0): Live<T> {
  const [live, setLive] = useState<Live<T>>({ value: null, failure: null, message: null, lostAt: null });
  useEffect(() => {
    const leaving = new AbortController();
    void follow<T>({ path, event, signal: leaving.signal }, setLive);
    return () => leaving.abort();
  }, [path, event, attempt]);
  return live;
}

type Update<T> = (change: (live: Live<T>) => Live<T>) => void;

async function follow<T>(
  { path, event, signal }: { path: string; event: string; signal: AbortSignal },
  setLive: Update<T>,
): Promise<void> {
  let pause = FIRST_PAUSE;
  while (!signal.aborted) {
    let failure: Failure = 'unreachable';
    let message: string | null = null;
    try {
      for await (const told of readEvents(path, signal)) {
        if (told.event !== event) continue;
        const value = JSON.parse(told.data) as T;
        pause = FIRST_PAUSE;
        setLive(() => ({ value, failure: null, message: null, lostAt: null }));
      }
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof AskError) ({ failure, message } = error);
    }
    if (signal.aborted) return;
    setLive((live) => ({ ...live, failure, message, lostAt: live.lostAt ?? Date.now() }));
    // Without the right token there is nothing to wait for.
    if (failure === 'unauthorised') return;
    await new Promise((resolve) => setTimeout(resolve, pause));
    pause = Math.min(LONGEST_PAUSE, pause * 1.6);
  }
}
