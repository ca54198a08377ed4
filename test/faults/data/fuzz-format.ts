import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { type ReadFile, readInProcesses } from '../../../src/data/reader/read-in-processes.ts';
import { READING_LIMITS } from '../../../src/data/reader/reading-limits.ts';
import { FUZZ_OPTIONS } from './fuzz-options.ts';
import { countIn, type FuzzTally, isSoundPart, NOTHING_READ } from './fuzz-tally.ts';
import type { FuzzedFormat } from './fuzzed-formats.ts';
import { mutatedFile } from './mutated-file.ts';

/** How many mutated files, from which seed on, and how they are read. */
export interface FuzzPlan {
  readonly files: number;
  readonly seed: string;
  /** The script that reads, if it is another than the real one. */
  readonly entry?: string;
}

/** Damages files of one format and reads them as one data set. */
export async function fuzzFormat(format: FuzzedFormat, { files, seed, entry }: FuzzPlan): Promise<FuzzTally> {
  const sound = await format.seeds();
  const names = Array.from({ length: files }, (_, index) => `${seed}-${index}`);
  const mutated = names.map((name) => [name, mutatedFile(format, sound, name)] as const);
  const results = await readAsDataSet(mutated, entry ?? format.entry);
  return results.reduce((tally, { path, parts, problem }) => {
    const isSound = parts.length > 0 && parts.every(isSoundPart);
    return countIn(tally, basename(path), { problem, isSound });
  }, NOTHING_READ);
}

/** Names files that a format's reader does not read as they are, before anything is done to them. */
export async function unreadSeeds(format: FuzzedFormat): Promise<string[]> {
  const sound = await format.seeds();
  const files = sound.map((bytes, index) => [`${format.name}-${index}`, bytes] as const);
  const results = await readAsDataSet(files, format.entry);
  return results.flatMap(({ problem }) => problem?.message ?? []);
}

async function readAsDataSet(
  files: readonly (readonly [name: string, bytes: Buffer])[],
  entry: string | undefined,
): Promise<ReadFile[]> {
  const folder = await mkdtemp(join(tmpdir(), 'consilium-fuzz-'));
  try {
    for (const [name, bytes] of files) await writeFile(join(folder, name), bytes);
    return await readInProcesses(
      files.map(([name]) => join(folder, name)),
      { options: FUZZ_OPTIONS, limits: READING_LIMITS, onFile: () => {}, ...(entry && { entry }) },
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
