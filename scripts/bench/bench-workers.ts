import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { TOOL_ENVIRONMENT } from '../../test/lab/run-tool.ts';

/** What a start costs is mostly compiling the libraries. */
const COMPILE_CACHE = new URL('../../.consilium/compile-cache', import.meta.url);

/** A worker process that answers tasks, one at a time. */
export interface BenchWorker<Task extends { readonly do: string }, Answers> {
  /** @throws Error with what the worker said, when the task failed or the worker ended */
  ask<T extends Task['do'] & keyof Answers>(task: Extract<Task, { do: T }>): Promise<Answers[T]>;
  stop(): Promise<void>;
}

/**
 * Starts a script of this project as a process of its own; it ends with this one.
 * @param prefix a command that runs it somewhere else, and replaces itself by it
 */
export function startWorker<Task extends { readonly do: string }, Answers>(
  script: URL,
  prefix: readonly string[] = [],
): BenchWorker<Task, Answers> {
  const [execPath = process.execPath, ...before] = prefix;
  const child: ChildProcess = fork(script, {
    execPath,
    execArgv: [
      ...before,
      ...(prefix.length > 0 ? [process.execPath] : []),
      '--disable-warning=ExperimentalWarning',
      '--expose-gc',
    ],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    env: { ...TOOL_ENVIRONMENT, NODE_COMPILE_CACHE: fileURLToPath(COMPILE_CACHE) },
  });
  const exited = once(child, 'exit');
  return {
    async ask(task) {
      const answered = once(child, 'message');
      child.send(task);
      const gone = exited.then(() => Promise.reject(new Error(`a worker ended at '${task.do}'`)));
      const [message] = (await Promise.race([answered, gone])) as [{ value?: unknown; error?: string }];
      if (message.error !== undefined) throw new Error(message.error);
      return message.value as never;
    },
    async stop() {
      child.disconnect();
      await exited;
    },
  };
}
