import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { ConsiliumError } from '../../base/errors.ts';
import type { CleanFile, CleaningOptions } from './clean-file.ts';
import type { CleaningAnswer, CleaningProblem } from './cleaning-message.ts';

const ENTRY = fileURLToPath(new URL('cleaning-process.ts', import.meta.url));
/** A busy machine takes some seconds to start a process; one that takes longer has no memory to start with. */
const START_SECONDS = 60;

/** What cleaning one file may take. */
export interface CleaningLimits {
  readonly seconds: number;
  /** Memory of the process; the runtime takes about 130 of it, and the codecs reserve 256. Held by RLIMIT_DATA, so on Linux only. */
  readonly mebibytes: number;
}

/** A file of 256 MiB is read, looked at and written in about a quarter of this, and held four times. */
export const CLEANING_LIMITS: CleaningLimits = { seconds: 60, mebibytes: 2048 };

/** A process of its own that cleans one file after another. */
export interface CleaningProcess {
  /**
   * @returns what became of the file, or why it was left out
   * @throws ConsiliumError `data/cleaning-failed` if the output cannot be written, or the process does not start
   */
  clean(path: string, options: CleaningOptions): Promise<CleanFile | CleaningProblem>;
  /** False once a file has ended it; then another one is needed. */
  isUsable(): boolean;
  stop(): void;
}

/** Starts a process whose memory is limited by the operating system: heap, buffers and WebAssembly together. */
export function startCleaningProcess(limits: CleaningLimits): CleaningProcess {
  const child = spawnLimited(limits.mebibytes);
  let isUsable = true;
  const stop = (): void => {
    isUsable = false;
    child.kill('SIGKILL');
  };
  const ready = nextAnswer(child, START_SECONDS);
  const clean = async (path: string, options: CleaningOptions): Promise<CleanFile | CleaningProblem> => {
    if (typeof (await ready) === 'string') {
      stop();
      throw new ConsiliumError(
        'data/cleaning-failed',
        'the process that cleans files does not start; free some memory',
      );
    }
    const answered = nextAnswer(child, limits.seconds);
    child.send({ path, options }, () => {});
    const answer = await answered;
    if (typeof answer === 'string') stop();
    return outcomeOf(answer, limits);
  };
  return { clean, isUsable: () => isUsable, stop };
}

function spawnLimited(mebibytes: number): ChildProcess {
  const limit = `ulimit -c 0; ulimit -d ${mebibytes * 1024} 2>/dev/null; exec "$0" "$@"`;
  return spawn('/bin/sh', ['-c', limit, process.execPath, '--disable-warning=ExperimentalWarning', ENTRY], {
    // Nothing of the environment is needed, and none of it is any decoder's business.
    env: {},
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    serialization: 'advanced',
  });
}

/** The process's next word, or that it is gone, or that it has said nothing in time. */
function nextAnswer(child: ChildProcess, seconds: number): Promise<CleaningAnswer | 'ended' | 'late'> {
  return new Promise((resolve) => {
    const finish = (answer: CleaningAnswer | 'ended' | 'late'): void => {
      clearTimeout(deadline);
      child.off('message', finish).off('close', onEnd).off('error', onEnd);
      resolve(answer);
    };
    const onEnd = (): void => finish('ended');
    const deadline = setTimeout(() => finish('late'), seconds * 1000);
    child.on('message', finish).once('close', onEnd).once('error', onEnd);
    if (child.exitCode !== null || child.signalCode !== null) onEnd();
  });
}

function outcomeOf(
  answer: CleaningAnswer | 'ended' | 'late',
  { seconds }: CleaningLimits,
): CleanFile | CleaningProblem {
  if (answer === 'late')
    return { code: 'data/took-too-long', reason: `was not cleaned within ${seconds} seconds; leave it out` };
  if (answer === 'ended' || answer.type === 'ready') {
    return {
      code: 'data/reader-failed',
      reason: 'ended the process that cleaned it, for want of memory perhaps; leave it out',
    };
  }
  if (answer.type === 'failure') throw new ConsiliumError('data/cleaning-failed', answer.message);
  return answer.type === 'clean' ? answer.file : answer.problem;
}
