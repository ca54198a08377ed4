/** Reads batches of damaged files, one file after the other as the reading process does and within its limits, and measures each. */
import { createHash } from 'node:crypto';
import { unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DataError } from '../../../src/data/data-error.ts';
import { readImageFile } from '../../../src/data/images/read-image-file.ts';
import type { ReadPart } from '../../../src/data/reader/reading-message.ts';
import type { BatchOutcome, FuzzBatch } from './fuzz-batch.ts';
import { FUZZ_OPTIONS } from './fuzz-options.ts';
import { countIn, type FuzzedResult, type FuzzTally, failedOf, isSoundPart, NOTHING_READ } from './fuzz-tally.ts';
import { readFuzzedTable } from './fuzzed-table.ts';
import { resetPeak, residentMebibytes } from './process-memory.ts';

const MICROSECONDS = 1e6;

type OnPart = (part: Pick<ReadPart, 'values' | 'shape'>) => void;

process.on('message', (batch: FuzzBatch) => void readBatch(batch).then((outcome) => process.send?.(outcome)));
process.on('disconnect', () => process.exit());

let idleMebibytes: number | undefined;

async function readBatch(batch: FuzzBatch): Promise<BatchOutcome> {
  idleMebibytes ??= await warmUp(batch);
  const before = await digestsOf(batch);
  let tally: FuzzTally = NOTHING_READ;
  let [mebibytes, seconds] = [0, 0];
  for (const file of batch.files) {
    resetPeak();
    const start = process.cpuUsage();
    const result = await readScratch(batch, file, () => {});
    const { user, system } = process.cpuUsage(start);
    const took = { mebibytes: residentMebibytes('peak') - idleMebibytes, seconds: (user + system) / MICROSECONDS };
    tally = withinLimits(countIn(tally, file.name, result), file.name, { took, limits: batch.limits });
    mebibytes = Math.max(mebibytes, took.mebibytes);
    seconds = Math.max(seconds, took.seconds);
  }
  if ((await digestsOf(batch)) !== before) {
    tally = failedOf(
      tally,
      batch.files.at(-1)?.name ?? '',
      'the batch that ends here changed how sound files are read',
    );
  }
  return { ...tally, idleMebibytes, mebibytes, seconds };
}

type Spent = FuzzBatch['limits'];

function withinLimits(
  tally: FuzzTally,
  name: string,
  { took, limits }: { readonly took: Spent; readonly limits: Spent },
): FuzzTally {
  if (took.mebibytes > limits.mebibytes) return failedOf(tally, name, `took ${took.mebibytes.toFixed(0)} MiB`);
  return took.seconds > limits.seconds ? failedOf(tally, name, `took ${took.seconds.toFixed(1)} s`) : tally;
}

/** @returns what the process takes with all loaded and nothing in it */
async function warmUp(batch: FuzzBatch): Promise<number> {
  for (const bytes of batch.warmUp) await readScratch({ ...batch, kind: 'image' }, { name: 'warm', bytes }, () => {});
  globalThis.gc?.();
  return residentMebibytes('now');
}

async function digestsOf(batch: FuzzBatch): Promise<string> {
  const hash = createHash('sha256');
  for (const bytes of batch.sound) {
    const { problem } = await readScratch(batch, { name: 'sound', bytes }, ({ values }) => hash.update(values));
    hash.update(problem?.code ?? '');
  }
  return hash.digest('hex');
}

/** Reads a file from the batch's folder. If that ends the process, the file stays there and says which it was. */
async function readScratch(
  { folder, kind }: FuzzBatch,
  { name, bytes }: FuzzBatch['files'][number],
  onPart: OnPart,
): Promise<FuzzedResult> {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  const result = await resultOf(async () => {
    let isSound = false;
    for await (const part of kind === 'table' ? [readFuzzedTable(path)] : imagesOf(path)) {
      if (!isSoundPart(part)) return false;
      isSound = true;
      onPart(part);
    }
    return isSound;
  });
  unlinkSync(path);
  return result;
}

async function* imagesOf(path: string): AsyncGenerator<Parameters<OnPart>[0]> {
  const { parts } = await readImageFile(path, FUZZ_OPTIONS);
  for (const { image } of parts) {
    const { values, height, width, channels } = image;
    yield { values, shape: [height, width, channels] };
  }
}

async function resultOf(read: () => Promise<boolean>): Promise<FuzzedResult> {
  try {
    return { problem: null, isSound: await read() };
  } catch (thrown) {
    if (!(thrown instanceof DataError)) return { problem: { code: 'data/reader-failed', details: {} }, isSound: false };
    const { code, details } = thrown;
    return { problem: { code, details }, isSound: false };
  }
}
