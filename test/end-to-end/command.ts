import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import type { HostTask } from './command-host.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

export interface CommandResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunningCommand {
  readonly process: ChildProcess;
  readonly ended: Promise<CommandResult>;
  /** Resolves with the first JSON line that has this event, and for which `holds`. */
  event(name: string, holds?: (line: Record<string, unknown>) => boolean): Promise<Record<string, unknown>>;
}

/** Starts `consilium` as a user would, in a process of its own. */
export function startCommand(args: readonly string[]): RunningCommand {
  return startProgram('src/cli/main.ts', args);
}

function startProgram(script: string, args: readonly string[]): RunningCommand {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', `${ROOT}${script}`, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  const waiting = new Set<() => void>();
  const look = (): void => {
    for (const wake of waiting) wake();
  };
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString();
    look();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  const ended = new Promise<CommandResult>((resolve) => {
    child.once('close', (code) => {
      resolve({ code, stdout, stderr });
      look();
    });
  });
  const event: RunningCommand['event'] = (name, holds = () => true): Promise<Record<string, unknown>> =>
    new Promise((resolve, reject) => {
      const wake = (): void => {
        const found = jsonLines(stdout).find((line) => line.event === name && holds(line));
        if (found === undefined && child.exitCode === null) return;
        waiting.delete(wake);
        if (found === undefined) reject(new Error(`ended without ${name}: ${stderr}`));
        else resolve(found);
      };
      waiting.add(wake);
      wake();
    });
  return { process: child, ended, event };
}

export function runCommand(...args: string[]): Promise<CommandResult> {
  return startCommand(args).ended;
}

export interface CommandHost {
  /** As {@link runCommand}; one at a time. */
  run(...args: string[]): Promise<CommandResult>;
  /** As {@link runScript}. */
  script(name: string, ...args: string[]): Promise<CommandResult>;
  /** Lets the process go. @throws Error if it does not end by itself then, because a command has left something open */
  stop(): Promise<void>;
}

/** Where what commands leave open may take its time, as a connection that is kept for the next request. */
const HOST_ENDS_MILLISECONDS = 30_000;

/**
 * Runs commands in one process, which loads the libraries once: for tests that ask for many, each of which ends by itself. The entry
 * files are those of {@link runCommand}, and so is what comes out.
 * @param cwd the folder in which they run
 */
export function startCommandHost(cwd = ROOT): CommandHost {
  const child = fork(fileURLToPath(new URL('command-host.ts', import.meta.url)), {
    cwd,
    execArgv: ['--disable-warning=ExperimentalWarning'],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  let complaints = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => (complaints += chunk));
  const exited = once(child, 'exit');
  const gone = exited.then(() => Promise.reject(new Error(`the host of the commands ended: ${complaints}`)));
  gone.catch(() => {}); // somebody may be waiting for it, or nobody
  let last: Promise<unknown> = Promise.resolve();
  const next = (task: HostTask): Promise<CommandResult> => {
    const result = last.then(async () => {
      const answered = once(child, 'message');
      child.send(task);
      const [answer] = await Promise.race([answered, gone]);
      return answer as CommandResult;
    });
    last = result.catch(() => {});
    return result;
  };
  return {
    run: (...args) => next({ script: `${ROOT}src/cli/main.ts`, args }),
    script: (name, ...args) => next({ script: `${ROOT}scripts/${name}.ts`, args }),
    async stop() {
      await last;
      const late = setTimeout(() => child.kill('SIGKILL'), HOST_ENDS_MILLISECONDS);
      child.disconnect();
      const [code, signal] = await exited;
      clearTimeout(late);
      if (code !== 0) throw new Error(`the host of the commands ended with ${code ?? signal}: ${complaints}`);
    },
  };
}

/** Runs one of the admin's scripts. */
export function runScript(name: string, ...args: string[]): Promise<CommandResult> {
  return startProgram(`scripts/${name}.ts`, args).ended;
}

/** A port that nobody listens on now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** The complete lines that are JSON objects. */
export function jsonLines(text: string): Record<string, unknown>[] {
  const lines = text.split('\n').slice(0, -1);
  return lines.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line));
}

/** Processes whose command line names a text: what a run has left behind. */
export function processesNaming(text: string): number[] {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry) && Number(entry) !== process.pid)
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(text);
      } catch {
        return false; // it has just ended
      }
    })
    .map(Number);
}
