import { join } from 'node:path';
import { type Child, startChild, stepFailed } from './child-process.ts';
import type { RunFolder } from './prepare-run.ts';

/** The embedded chain of a demo, which can be taken away and brought back. */
export interface DemoChain {
  readonly rpcUrl: string;
  /** Kills the chain's process, as a power failure would. */
  kill(): Promise<void>;
  /** Starts it again on the same port, from what it has on disk. */
  restart(): Promise<void>;
}

/** Starts the embedded chain on a free port. @param onStarted told every process of it */
export async function startChain(folder: RunFolder, onStarted: (child: Child) => void): Promise<DemoChain> {
  let { child, url } = await startProcess(folder, 0, onStarted);
  return {
    rpcUrl: url,
    kill: async () => {
      child.kill('SIGKILL');
      await child.ended;
    },
    restart: async () => {
      ({ child, url } = await startProcess(folder, Number(new URL(url).port), onStarted));
    },
  };
}

async function startProcess(
  folder: RunFolder,
  port: number,
  onStarted: (child: Child) => void,
): Promise<{ child: Child; url: string }> {
  const ready = Promise.withResolvers<string>();
  const child = startChild({
    name: 'chain',
    script: 'src/cli/main.ts',
    args: ['chain', '--data', folder.chain, '--port', String(port), '--json'],
    logFile: join(folder.logs, 'chain.log'),
    onLine: (line) => {
      if (line.event === 'chain.ready') ready.resolve(String(line.url));
    },
  });
  onStarted(child);
  const failed = child.ended.then((code) => Promise.reject(stepFailed(child, code)));
  return { child, url: await Promise.race([ready.promise, failed]) };
}
