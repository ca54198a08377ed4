import type { EventStream } from './route.ts';

/** A stream whose every event is the whole state, told at most so often. */
export interface SnapshotStream extends EventStream {
  /** The state may have changed. */
  changed(): void;
  /** Tells a change that is not told yet, and then nothing more. */
  stop(): void;
}

export interface SnapshotOptions {
  /** Least milliseconds between two events. */
  readonly spacing?: number;
  /** Told why a state could not be had; readers wait for the next one. */
  readonly onError?: (error: unknown) => void;
}

/** @param snapshot the state as plain JSON; asked for only while somebody listens */
export function createSnapshotStream(
  event: string,
  snapshot: () => unknown,
  { spacing = 250, onError }: SnapshotOptions = {},
): SnapshotStream {
  const readers = new Set<(event: string, data: string) => void>();
  let timer: NodeJS.Timeout | null = null;
  const tell = (): void => {
    timer = null;
    if (readers.size === 0) return;
    try {
      const data = JSON.stringify(snapshot());
      for (const send of readers) send(event, data);
    } catch (error) {
      onError?.(error);
    }
  };
  return {
    subscribe(send) {
      send(event, JSON.stringify(snapshot()));
      readers.add(send);
      return () => readers.delete(send);
    },
    changed() {
      if (timer === null && readers.size > 0) timer = setTimeout(tell, spacing);
    },
    stop() {
      if (timer !== null) {
        clearTimeout(timer);
        tell();
      }
      readers.clear();
    },
  };
}
