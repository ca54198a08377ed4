import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { DataError, fileError } from '../data-error.ts';
import type { ReadingOptions } from '../images/reading-options.ts';
import { createPieceJoiner } from './join-pieces.ts';
import type { ReadingLimits } from './reading-limits.ts';
import type { ReadingAnswer, ReadPart, ReadPerson } from './reading-message.ts';

const ENTRY = fileURLToPath(new URL('reading-process.ts', import.meta.url));
/** What an idle process has reserved that has loaded the codecs and the dictionary; one that has not has up to 60 less. */
const IDLE_MEBIBYTES = 110;
/** The runtime's heap holds elements and names; pixels are outside of it. */
const HEAP_MEBIBYTES = 192;
/** A fatal error's message, and the stack that follows it. */
const ERROR_TAIL_CHARACTERS = 16_384;
/** What the runtime says before it ends itself for want of memory. */
const OUT_OF_MEMORY = /out of memory|allocation failed|bad_alloc|ptr\) != nullptr/i;

/** A file to read, and how long it may take. */
export interface ReadingTask {
  readonly path: string;
  readonly options: ReadingOptions;
  readonly seconds: number;
  /** Gets whole images. */
  readonly onParts: (person: ReadPerson, parts: readonly ReadPart[]) => void;
}

/** A process of its own that reads one file after another. */
export interface ReadingProcess {
  /** @returns what was wrong with the file; null if all of it was read. The process must not be used again if {@link isUsable} is false. */
  read(task: ReadingTask): Promise<DataError | null>;
  isUsable(): boolean;
  stop(): void;
}

/**
 * Starts a process whose memory is limited by the operating system, heap, buffers and WebAssembly together.
 *
 * A worker thread would not do: the limits of a thread count its heap only, while a decoder's bombs go off in buffers.
 * @param entry the script that reads; a test puts one without defences here
 */
export function startReadingProcess({ mebibytes }: Pick<ReadingLimits, 'mebibytes'>, entry = ENTRY): ReadingProcess {
  const child = spawnReader(mebibytes, entry);
  let isUsable = true;
  let errorTail = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    errorTail = (errorTail + chunk.toString('latin1')).slice(-ERROR_TAIL_CHARACTERS);
  });
  const ready = new Promise<void>((resolve) => {
    child.once('message', () => resolve());
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
  child.once('exit', () => (isUsable = false));
  child.once('error', () => (isUsable = false));

  const read = async (task: ReadingTask): Promise<DataError | null> => {
    await ready;
    const outcome = isUsable ? await exchange(child, task) : 'ended';
    if (outcome === 'late') stop();
    if (outcome === 'ended') return endedEarly(task.path, OUT_OF_MEMORY.test(errorTail));
    return outcome === 'late' ? tookTooLong(task) : outcome.problem;
  };
  const stop = (): void => {
    isUsable = false;
    child.kill('SIGKILL');
  };
  return { read, isUsable: () => isUsable, stop };
}

/** Runs a script with a reading process's limits. @param mebibytes beyond what an idle process has */
export function spawnReader(mebibytes: number, entry: string): ChildProcess {
  const limit = `ulimit -c 0; ulimit -d ${(IDLE_MEBIBYTES + mebibytes) * 1024} 2>/dev/null; exec "$0" "$@"`;
  const runtime = [
    `--max-old-space-size=${HEAP_MEBIBYTES}`,
    // Files are read side by side in processes already, and each thread has a stack and a heap of its own.
    '--v8-pool-size=1',
    '--expose-gc',
    '--disable-warning=ExperimentalWarning',
    entry,
  ];
  return spawn('/bin/sh', ['-c', limit, process.execPath, ...runtime], {
    // Nothing of the environment is needed, and none of it is any decoder's business.
    env: {},
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    serialization: 'advanced',
  });
}

/** What the process answered, or that it is gone, or that it did not answer in time. */
type Outcome = { readonly problem: DataError | null } | 'ended' | 'late';

function exchange(child: ChildProcess, { path, options, seconds, onParts }: ReadingTask): Promise<Outcome> {
  const joined = createPieceJoiner();
  return new Promise((resolve) => {
    const finish = (outcome: Outcome): void => {
      clearTimeout(deadline);
      child.off('message', onMessage).off('close', onClose);
      resolve(outcome);
    };
    const onClose = (): void => finish('ended');
    const onMessage = (answer: ReadingAnswer): void => {
      if (answer.type === 'parts') onParts(answer.person, joined(answer.parts));
      if (answer.type !== 'end') return;
      const { problem } = answer;
      finish({ problem: problem && new DataError(problem.code, problem.message, { details: problem.details }) });
    };
    const deadline = setTimeout(() => finish('late'), seconds * 1000);
    // Not its exit: what it said before comes through a pipe.
    child.on('message', onMessage).once('close', onClose);
    child.send({ path, options }, (failed) => failed && onClose());
  });
}

function tookTooLong({ path, seconds }: ReadingTask): DataError {
  const reason = `was not read within ${seconds.toFixed(1)} seconds`;
  return fileError('data/took-too-long', path, { reason, remedy: 'leave it out' });
}

function endedEarly(path: string, isOutOfMemory: boolean): DataError {
  return isOutOfMemory
    ? fileError('data/too-much-memory', path, { reason: 'takes too much memory to read', remedy: 'leave it out' })
    : fileError('data/reader-failed', path, { reason: 'ended the process that read it', remedy: 'leave it out' });
}
