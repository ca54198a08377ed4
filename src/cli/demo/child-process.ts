import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { ConsiliumError } from '../../base/errors.ts';

/** A process of the demo, and the JSON lines that it prints. */
export interface Child {
  readonly name: string;
  readonly pid: number;
  /** Resolves with the exit code, or the name of the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals>;
  /** What it printed on standard error, to explain a failure. */
  errors(): string;
  kill(signal: NodeJS.Signals): void;
}

export interface ChildOptions {
  readonly name: string;
  /** Script below the project's root, and its arguments. */
  readonly script: string;
  readonly args: readonly string[];
  /** Receives what it prints on standard error. */
  readonly logFile: string;
  /** Told each JSON line that it prints. */
  readonly onLine?: (value: Record<string, unknown>) => void;
}

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const ERROR_BYTES = 4096;

/** Starts a program of this project as a process of its own. It stops by itself if this process goes away. */
export function startChild({ name, script, args, logFile, onLine }: ChildOptions): Child {
  const child: ChildProcess = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', `${ROOT}${script}`, ...args],
    {
      // The channel is closed when this process ends, however it ends: that is how a child learns of it.
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    },
  );
  const log = createWriteStream(logFile, { flags: 'a' });
  let errors = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    log.write(chunk);
    errors = (errors + chunk.toString()).slice(-ERROR_BYTES);
  });
  const lines = child.stdout === null ? null : createInterface({ input: child.stdout });
  lines?.on('line', (line) => {
    if (line.startsWith('{')) onLine?.(JSON.parse(line));
  });
  const ended = new Promise<number | NodeJS.Signals>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => {
      log.end();
      resolve(code ?? signal ?? 1);
    });
  });
  return { name, pid: child.pid ?? -1, ended, errors: () => errors.trim(), kill: (signal) => void child.kill(signal) };
}

/** Runs a program to its end and returns the last JSON line it printed. @throws ConsiliumError `cli/step-failed` */
export async function runChild(
  options: ChildOptions & { readonly onStarted?: (child: Child) => void },
  accepted: readonly number[] = [0],
): Promise<{ code: number; value: Record<string, unknown> }> {
  let value: Record<string, unknown> = {};
  const child = startChild({
    ...options,
    onLine: (line) => {
      value = line;
      options.onLine?.(line);
    },
  });
  options.onStarted?.(child);
  const code = await child.ended;
  if (typeof code === 'number' && accepted.includes(code)) return { code, value };
  throw stepFailed(child, code);
}

/** Names the process that failed and what it said last. */
export function stepFailed(child: Child, code: number | NodeJS.Signals): ConsiliumError {
  const reason = child.errors().split('\n').at(-1) ?? '';
  return new ConsiliumError(
    'cli/step-failed',
    `${child.name} ended with ${code}${reason === '' ? '' : `: ${reason}`}`,
    {
      details: { process: child.name, code },
    },
  );
}
