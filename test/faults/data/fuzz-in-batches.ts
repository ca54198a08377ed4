import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { READING_LIMITS } from '../../../src/data/reader/reading-limits.ts';
import { spawnReader } from '../../../src/data/reader/start-reading-process.ts';
import { compressedDicoms } from './compressed-dicoms.ts';
import type { BatchOutcome, FuzzBatch, FuzzedFile } from './fuzz-batch.ts';
import { failedOf, NOTHING_READ, sumOf } from './fuzz-tally.ts';
import type { FuzzedFormat } from './fuzzed-formats.ts';
import { mutatedFile } from './mutated-file.ts';

const WORKER = fileURLToPath(new URL('batch-worker.ts', import.meta.url));
const BATCH_FILES = 128;
/** A processor that is shared with others gives a file two seconds within this time. */
const HANG_SECONDS = 30;

/** What became of many mutated files of one format. */
export interface LongFuzzOutcome extends BatchOutcome {
  readonly format: string;
  readonly files: number;
}

/** How many files, from which seed on, and what each may take. */
export interface LongFuzzPlan {
  readonly files: number;
  readonly seed: string;
  readonly limits: FuzzBatch['limits'];
  /** True when there is no time for another batch. */
  readonly isOver: () => boolean;
  /** The script that reads, if it is another than the real one. */
  readonly worker?: string;
  /** When a file is given up, by the clock; default 30. */
  readonly hangSeconds?: number;
}

/**
 * Damages files of one format and reads them in a process with the reading process's limits, many without a message in between,
 * which takes a tenth of the time of a data set's way.
 */
export async function fuzzInBatches(format: FuzzedFormat, plan: LongFuzzPlan): Promise<LongFuzzOutcome> {
  const sound = await format.seeds();
  const folder = await mkdtemp(join(tmpdir(), 'consilium-fuzz-'));
  const kind = format.name === 'csv' ? 'table' : 'image';
  const common = { kind, sound, warmUp: await compressedDicoms(), folder, limits: plan.limits } as const;
  const lane = createLane(common, { worker: WORKER, hangSeconds: HANG_SECONDS, ...plan });
  let outcome: BatchOutcome = NOTHING;
  let files = 0;
  try {
    for (; files < plan.files && !plan.isOver(); files += BATCH_FILES) {
      const count = Math.min(BATCH_FILES, plan.files - files);
      const names = Array.from({ length: count }, (_, index) => `${plan.seed}-${files + index}`);
      outcome = joined(
        outcome,
        await lane.read(names.map((name) => ({ name, bytes: mutatedFile(format, sound, name) }))),
      );
    }
    return { ...outcome, format: format.name, files: Math.min(files, plan.files) };
  } finally {
    lane.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

const NOTHING: BatchOutcome = { ...NOTHING_READ, idleMebibytes: 0, mebibytes: 0, seconds: 0 };

function joined(one: BatchOutcome, other: BatchOutcome): BatchOutcome {
  return {
    ...sumOf(one, other),
    idleMebibytes: Math.max(one.idleMebibytes, other.idleMebibytes),
    mebibytes: Math.max(one.mebibytes, other.mebibytes),
    seconds: Math.max(one.seconds, other.seconds),
  };
}

/** Reads batch after batch in one worker, or in the next one once a file has ended it. */
interface Lane {
  read(files: readonly FuzzedFile[]): Promise<BatchOutcome>;
  stop(): void;
}

function createLane(
  common: Omit<FuzzBatch, 'files'>,
  { worker: script, hangSeconds }: Required<Pick<LongFuzzPlan, 'worker' | 'hangSeconds'>>,
): Lane {
  let worker: ChildProcess | undefined;
  const read = async (files: readonly FuzzedFile[]): Promise<BatchOutcome> => {
    if (worker === undefined || hasEnded(worker)) worker = spawnReader(READING_LIMITS.mebibytes, script);
    const outcome = await readBatch(worker, { ...common, files }, hangSeconds);
    if (outcome !== null) return outcome;
    const [culprit] = await readdir(common.folder);
    const others = files.filter(({ name }) => name !== culprit);
    if (culprit === undefined || others.length === files.length) throw new Error('a worker ended between files');
    await rm(join(common.folder, culprit));
    return joined({ ...NOTHING, ...failedOf(NOTHING, culprit, 'ended its process, or hung') }, await read(others));
  };
  return { read, stop: () => void worker?.kill('SIGKILL') };
}

function hasEnded({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null;
}

/** @returns null if the worker ended, or was ended for taking too long with one file */
async function readBatch(worker: ChildProcess, batch: FuzzBatch, hangSeconds: number): Promise<BatchOutcome | null> {
  const over = new AbortController();
  const answered = Promise.race([
    once(worker, 'message', over).then(([outcome]) => outcome as BatchOutcome),
    once(worker, 'exit', over).then(() => null),
  ]);
  worker.send(batch);
  const watch = watchFile(batch.folder, hangSeconds, () => worker.kill('SIGKILL'));
  try {
    return await answered;
  } finally {
    clearInterval(watch);
    over.abort();
  }
}

/** Looks once a second which file is being read. */
function watchFile(folder: string, hangSeconds: number, onHang: () => void): NodeJS.Timeout {
  let [file, looks]: [string | undefined, number] = [undefined, 0];
  return setInterval(() => {
    const [now] = readdirSync(folder);
    looks = now !== undefined && now === file ? looks + 1 : 0;
    file = now;
    if (looks >= hangSeconds) onHang();
  }, 1_000);
}
