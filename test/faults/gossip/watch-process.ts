import { monitorEventLoopDelay } from 'node:perf_hooks';

/** What a process goes through while something is done to it. */
export interface Watched {
  /** The most that it grew at any moment. */
  readonly grownBytes: number;
  /**
   * What it grew by for good: memory in use after garbage was collected. (What the allocator keeps of it for later differs from one process
   * to another by more than what is looked for.)
   */
  readonly keptBytes: number;
  readonly delayP99Milliseconds: number;
  readonly unhandled: readonly string[];
}

const SAMPLE_MILLISECONDS = 100;

/** Watches this process: memory above what it was, event-loop delay, and errors that nobody handled. @returns what ends it */
export function watchProcess(): () => Watched {
  const usedBefore = usedBytes();
  const before = process.memoryUsage().rss;
  let most = before;
  const unhandled: string[] = [];
  const note = (error: unknown): void => void unhandled.push(String(error));
  const delay = monitorEventLoopDelay({ resolution: 10 });
  delay.enable();
  const timer = setInterval(() => {
    most = Math.max(most, process.memoryUsage().rss);
  }, SAMPLE_MILLISECONDS);
  process.on('unhandledRejection', note);
  process.on('uncaughtException', note);
  return () => {
    clearInterval(timer);
    delay.disable();
    process.off('unhandledRejection', note);
    process.off('uncaughtException', note);
    return {
      grownBytes: most - before,
      keptBytes: usedBytes() - usedBefore,
      delayP99Milliseconds: delay.percentile(99) / 1e6,
      unhandled,
    };
  };
}

/** Memory in use, once garbage was collected. */
export function usedBytes(): number {
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
