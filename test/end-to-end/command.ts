import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));

export interface CommandResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunningCommand {
  readonly process: ChildProcess;
  readonly ended: Promise<CommandResult>;
  /** Resolves with the first JSON line that has this event. */
  event(name: string): Promise<Record<string, unknown>>;
}

/** Starts `consilium` as a user would, in a process of its own. */
export function startCommand(args: readonly string[]): RunningCommand {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', MAIN, ...args], {
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
  const event = (name: string): Promise<Record<string, unknown>> =>
    new Promise((resolve, reject) => {
      const wake = (): void => {
        const found = jsonLines(stdout).find((line) => line.event === name);
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
