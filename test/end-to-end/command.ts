import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { fileURLToPath } from 'node:url';

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
