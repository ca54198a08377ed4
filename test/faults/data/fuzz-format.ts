import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSeededRandom, type SeededRandom } from '../../../src/base/seeded-random.ts';
import type { ReadingOptions } from '../../../src/data/images/reading-options.ts';
import { type ReadFile, readInProcesses } from '../../../src/data/reader/read-in-processes.ts';
import { READING_LIMITS, type ReadingLimits } from '../../../src/data/reader/reading-limits.ts';
import type { FuzzedFormat } from './fuzzed-formats.ts';
import { MIN_MUTATED_BYTES, pick } from './mutators.ts';

/** What became of the mutated files of one format. */
export interface FuzzOutcome {
  readonly format: string;
  readonly files: number;
  /** Files that were still images. */
  readonly read: number;
  /** How many files were refused with which code. */
  readonly refused: Readonly<Record<string, number>>;
  /** Refused files whose error names no byte. */
  readonly withoutOffset: number;
  /** Seeds of files that were neither read nor refused as a damaged file should be: crashes, hangs, errors without a code. */
  readonly failures: readonly string[];
}

/** How many mutated files, from which seed on, and how they are read. */
export interface FuzzPlan {
  readonly files: number;
  readonly seed: string;
  readonly limits?: ReadingLimits;
  /** The script that reads, if it is another than the real one. */
  readonly entry?: string;
  /** True when there is no time for another batch. */
  readonly isOver?: () => boolean;
}

const BATCH_FILES = 1_000;
const OPTIONS: ReadingOptions = { labelTag: null, window: 'file', frames: 'all', burnedIn: 'ignore', size: null };
/** What a damaged file may be refused with; all else is a failure of the reader. */
const REFUSALS =
  /^data\/(bad-(image|dicom|array|archive|table)|unsupported-image|no-pixels|too-large|missing-array|count-mismatch)$/;

/** Damages files of one format and reads them as a data set would be, batch after batch. */
export async function fuzzFormat(format: FuzzedFormat, plan: FuzzPlan): Promise<FuzzOutcome> {
  const seeds = await format.seeds();
  const tally = { read: 0, refused: {} as Record<string, number>, withoutOffset: 0, failures: [] as string[] };
  let files = 0;
  while (files < plan.files && !plan.isOver?.()) {
    const count = Math.min(BATCH_FILES, plan.files - files);
    const names = Array.from({ length: count }, (_, index) => `${plan.seed}-${files + index}`);
    for (const result of await readBatch(names, { format, seeds, plan })) countIn(result, tally, format);
    files += count;
  }
  return { format: format.name, files, ...tally };
}

interface Batch {
  readonly format: FuzzedFormat;
  readonly seeds: readonly Buffer[];
  readonly plan: FuzzPlan;
}

async function readBatch(names: readonly string[], { format, seeds, plan }: Batch): Promise<ReadFile[]> {
  const entry = plan.entry ?? format.entry;
  const folder = await mkdtemp(join(tmpdir(), 'consilium-fuzz-'));
  try {
    const paths = names.map((name) => join(folder, name));
    for (const [index, path] of paths.entries()) {
      await writeFile(path, mutated(format, seeds, createSeededRandom(names[index] as string, format.name)));
    }
    const limits = plan.limits ?? READING_LIMITS;
    return await readInProcesses(paths, {
      options: OPTIONS,
      limits,
      onFile: () => {},
      ...(entry && { entry }),
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function mutated({ mutators }: FuzzedFormat, seeds: readonly Buffer[], random: SeededRandom): Buffer {
  let bytes = pick(seeds, random);
  for (let times = random.integer(3) === 0 ? 2 : 1; times > 0 && bytes.length >= MIN_MUTATED_BYTES; times--) {
    bytes = pick(mutators, random)(bytes, random, pick(seeds, random));
  }
  return bytes;
}

interface Tally {
  read: number;
  readonly refused: Record<string, number>;
  withoutOffset: number;
  readonly failures: string[];
}

function countIn({ path, parts, problem }: ReadFile, tally: Tally, { mayLoop = false }: FuzzedFormat): void {
  if (!problem) {
    const isSound = parts.every(
      ({ values, shape }) => values.length === shape.reduce((a, b) => a * b, 1) && values.every(isUnit),
    );
    if (isSound) tally.read++;
    else tally.failures.push(`${path}: values`);
    return;
  }
  tally.refused[problem.code] = (tally.refused[problem.code] ?? 0) + 1;
  if (problem.details['offset'] === undefined) tally.withoutOffset++;
  const isEnded = mayLoop && problem.code === 'data/took-too-long';
  if (!isEnded && !REFUSALS.test(problem.code)) tally.failures.push(`${path}: ${problem.code}`);
}

function isUnit(value: number): boolean {
  return value >= 0 && value <= 1;
}
