/**
 * Runs commands one after the other in one process, each through its own entry file, which is evaluated anew; see `startCommandHost`.
 * Once it is let go it ends by itself, unless a command has left something open.
 */
import { pathToFileURL } from 'node:url';
import type { CommandResult } from './command.ts';

/** A program, as its command line would name it. */
export interface HostTask {
  readonly script: string;
  readonly args: readonly string[];
}

// Every command listens to the signals and to its output, for the one life that it usually has.
for (const emitter of [process, process.stdout, process.stderr]) emitter.setMaxListeners(0);

let printed = { stdout: '', stderr: '' };
for (const name of ['stdout', 'stderr'] as const) {
  process[name].write = (chunk: string | Uint8Array, ...rest: unknown[]) => {
    printed[name] += typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString();
    const done = rest.find((each) => typeof each === 'function');
    if (done !== undefined) process.nextTick(done);
    return true;
  };
}

function takeExitCode(): number {
  const code = Number(process.exitCode ?? 0);
  process.exitCode = undefined;
  return code;
}

/** Each evaluation of an entry file needs an address of its own. */
let runs = 0;

async function run({ script, args }: HostTask): Promise<CommandResult> {
  printed = { stdout: '', stderr: '' };
  process.argv = [process.execPath, script, ...args];
  process.exitCode = undefined;
  try {
    runs += 1;
    await import(`${pathToFileURL(script).href}?run=${runs}`);
  } catch (error) {
    return {
      code: 1,
      ...printed,
      stderr: `${printed.stderr}${error instanceof Error ? error.stack : String(error)}\n`,
    };
  }
  return { code: takeExitCode(), ...printed };
}

process.on('message', (task: HostTask) => {
  void run(task).then((result) => {
    // A command lets its channel go, so that it does not keep its process alive: the next one comes over it.
    process.channel?.ref();
    process.send?.(result);
  });
});
