import { stat } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { type DataError, fileError } from '../data-error.ts';
import type { ReadingOptions } from '../images/reading-options.ts';
import { limitsOf, type ReadingLimits } from './reading-limits.ts';
import type { ReadPart, ReadPerson } from './reading-message.ts';
import { type ReadingProcess, type ReadingTask, startReadingProcess } from './start-reading-process.ts';

/** More would hold more memory and hardly be faster, as files come from one disk. */
const MAX_PROCESSES = 4;
/** Below this, starting a process takes longer than reading. */
const FILES_PER_PROCESS = 16;
/** Numbers of all records together: 1 GiB, after which a data set cannot be held in memory anyway. */
const MAX_TOTAL_VALUES = 2 ** 28;

/** What one file gave. */
export interface ReadFile extends ReadPerson {
  readonly path: string;
  readonly parts: readonly ReadPart[];
  readonly problem: DataError | null;
}

/** How to read many files. */
export interface ReadingPlan {
  readonly options: ReadingOptions;
  readonly limits: ReadingLimits;
  /** Called after every file. */
  readonly onFile: (done: number) => void;
  /** The script that reads, if it is another than the real one; a test puts one without defences here. */
  readonly entry?: string;
}

/**
 * Reads files side by side in processes of their own, and replaces a process that a file ended.
 * @returns one result per path, in the order of `paths`
 * @throws DataError `data/too-large` if all images together do not fit into memory
 */
export async function readInProcesses(paths: readonly string[], plan: ReadingPlan): Promise<ReadFile[]> {
  const shared: SharedWork = { paths, plan, budget: { values: MAX_TOTAL_VALUES }, results: [], next: 0, done: 0 };
  const lanes = Math.min(MAX_PROCESSES, availableParallelism(), Math.ceil(paths.length / FILES_PER_PROCESS));
  await Promise.all(Array.from({ length: lanes }, () => readNextFiles(shared)));
  return shared.results;
}

/** What the lanes take from and add to. */
interface SharedWork {
  readonly paths: readonly string[];
  readonly plan: ReadingPlan;
  readonly budget: { values: number };
  readonly results: ReadFile[];
  next: number;
  done: number;
}

/** One lane: takes the next file as soon as it has read one, in the same process while that lasts. */
async function readNextFiles(work: SharedWork): Promise<void> {
  const { paths, plan, budget, results } = work;
  const readers = new Map<number, ReadingProcess>();
  try {
    for (let index = work.next++; index < paths.length; index = work.next++) {
      const path = paths[index] as string;
      const limits = limitsOf(await sizeOf(path), plan.limits);
      const reader = readerWith(limits, readers, plan.entry);
      results[index] = await readOne(reader, { path, seconds: limits.seconds, options: plan.options, budget });
      plan.onFile(++work.done);
    }
  } finally {
    for (const reader of readers.values()) reader.stop();
    // If this lane failed, the others stop too.
    work.next = paths.length;
  }
}

/** A lane's process with that much memory; started if there is none, or a file has ended it. */
function readerWith(
  limits: ReadingLimits,
  readers: Map<number, ReadingProcess>,
  entry: string | undefined,
): ReadingProcess {
  const usable = readers.get(limits.mebibytes);
  if (usable?.isUsable()) return usable;
  const reader = startReadingProcess(limits, entry);
  readers.set(limits.mebibytes, reader);
  return reader;
}

interface OneFile extends Pick<ReadingTask, 'path' | 'seconds' | 'options'> {
  readonly budget: { values: number };
}

async function readOne(reader: ReadingProcess, { budget, ...file }: OneFile): Promise<ReadFile> {
  const { path } = file;
  const parts: ReadPart[] = [];
  let person: ReadPerson = { patient: null };
  const problem = await reader.read({
    ...file,
    onParts: (whose, more) => {
      person = whose;
      budget.values -= more.reduce((total, { values }) => total + values.length, 0);
      if (budget.values >= 0) parts.push(...more);
    },
  });
  if (budget.values < 0) throw tooMany(path);
  // Half a file is not a record of anything.
  return { path, ...person, parts: problem ? [] : parts, problem };
}

/** A file that cannot be looked at counts as small; the reading process says what is wrong with it. */
async function sizeOf(path: string): Promise<number> {
  return stat(path).then(
    ({ size }) => size,
    () => 0,
  );
}

function tooMany(path: string): DataError {
  const reason = `and the files before it have more than ${MAX_TOTAL_VALUES} pixels`;
  return fileError('data/too-large', path, { reason, remedy: 'give a smaller size that images are brought to' });
}
