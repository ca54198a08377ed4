import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { TOOL_ENVIRONMENT } from './run-tool.ts';

/** A Node process that is told what to do by lines of JSON, and answers each with a line of JSON. */
export interface LabProcess {
  /** The process itself: signals reach it, not a wrapper. */
  readonly pid: number;
  /** Sends a line and waits for the next one that the process prints. @throws Error when the process ends first */
  ask(message: unknown): Promise<unknown>;
  /** The next line that the process prints. */
  next(): Promise<unknown>;
  kill(signal?: NodeJS.Signals): Promise<void>;
}

/** Starts a script of this project. @param prefix where to run it, see `NetworkLab.prefix`; nothing for this machine */
export function startLabProcess(prefix: readonly string[], script: URL): LabProcess {
  const node = [process.execPath, '--disable-warning=ExperimentalWarning', script.pathname];
  const [command, ...args] = [...prefix, ...node];
  if (command === undefined) throw new Error('no command');
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'], env: TOOL_ENVIRONMENT });
  const exited = once(child, 'exit');
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async (): Promise<unknown> => {
    const { value, done } = await lines.next();
    if (done === true) throw new Error(`the process ${script.pathname} has ended`);
    return JSON.parse(value);
  };
  return {
    pid: child.pid ?? 0,
    ask(message) {
      child.stdin.write(`${JSON.stringify(message)}\n`);
      return next();
    },
    next,
    async kill(signal = 'SIGKILL') {
      child.kill(signal);
      await exited;
    },
  };
}
