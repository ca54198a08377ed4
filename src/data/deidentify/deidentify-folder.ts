import { readdir } from 'node:fs/promises';
import { join, resolve, sep } from 'node:path';
import { fileError } from '../data-error.ts';
import { listFiles } from '../reader/list-files.ts';
import type { CleanFile } from './clean-file.ts';
import type { PixelOptions } from './clean-pixels.ts';
import type { CleaningProblem } from './cleaning-message.ts';
import { type LookupTable, openLookup } from './lookup-table.ts';
import type { Profile } from './profile.ts';
import { CLEANING_LIMITS, type CleaningLimits, startCleaningProcess } from './start-cleaning-process.ts';

export interface FolderOptions {
  readonly input: string;
  /** Empty or new, and apart from the input. */
  readonly output: string;
  /** The look-up table; outside of both folders. Made anew where there is none, else continued with its key. */
  readonly lookup: string;
  readonly password: string;
  readonly profile: Profile;
  readonly pixels: PixelOptions;
  /** Nothing is written, the look-up table neither. */
  readonly dryRun: boolean;
  /** What one file may take; {@link CLEANING_LIMITS} if left out. */
  readonly limits?: CleaningLimits;
}

/** A file that was left out: its path below the input, for the member's eyes only, and why. */
export interface LeftOut {
  readonly file: string;
  readonly code: string;
  readonly reason: string;
}

export interface FolderOutcome {
  readonly written: number;
  readonly patients: number;
  readonly leftOut: readonly LeftOut[];
  /** Over all files: how often each attribute met which action, for instance `00100010 empty`. */
  readonly actions: ReadonlyMap<string, number>;
}

/** Called after each file. */
export type Progress = (done: number, total: number) => void;

/**
 * De-identifies every DICOM file below a folder, into `<pseudonym>/<replacement UID>.dcm`. A file that cannot be read or made
 * clean, or takes too long or too much memory, is listed and left out. Files are cleaned in a process of their own.
 * @throws DataError `data/output-refused` or `data/lookup-unreadable` before anything is read
 */
export async function deidentifyFolder(
  options: FolderOptions,
  progress: Progress,
  signal: AbortSignal,
): Promise<FolderOutcome> {
  await checkPlaces(options);
  const lookup = await openLookup(options.lookup, options.password);
  const save = async (): Promise<void> => {
    if (!options.dryRun) await lookup.save();
  };
  // The key is on disk before the first pseudonym is.
  await save();
  try {
    return await deidentifyAll(options, lookup.table, { progress, signal });
  } finally {
    await save();
  }
}

interface Watch {
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

async function deidentifyAll(
  options: FolderOptions,
  table: LookupTable,
  { progress, signal }: Watch,
): Promise<FolderOutcome> {
  const key = Buffer.from(table.key, 'hex');
  const output = options.dryRun ? null : options.output;
  const cleaning = { profile: options.profile, key, pixels: options.pixels, output };
  const limits = options.limits ?? CLEANING_LIMITS;
  const tally = createTally(table);
  const files = await listFiles(options.input);
  let worker = startCleaningProcess(limits);
  try {
    for (const [index, file] of files.entries()) {
      signal.throwIfAborted();
      if (!worker.isUsable()) worker = startCleaningProcess(limits);
      tally.add(file, await worker.clean(join(options.input, file), cleaning));
      progress(index + 1, files.length);
    }
  } finally {
    worker.stop();
  }
  return tally.outcome();
}

interface Tally {
  add(file: string, result: CleanFile | CleaningProblem): void;
  outcome(): FolderOutcome;
}

/** Counts what becomes of files, and enters the clean ones into the look-up table. */
function createTally(table: LookupTable): Tally {
  const patients = new Map(table.patients.map((patient) => [patient.pseudonym, patient]));
  const seen = new Set<string>();
  const actions = new Map<string, number>();
  const leftOut: LeftOut[] = [];
  let written = 0;
  const enter = (from: string, { patient, to }: CleanFile): void => {
    const entry = patients.get(patient.pseudonym) ?? { ...patient, files: [] };
    if (!patients.has(entry.pseudonym)) table.patients.push(entry);
    patients.set(entry.pseudonym, entry);
    entry.files.push({ from, to });
  };
  return {
    add(file, result) {
      if ('code' in result) {
        leftOut.push({ file, ...result });
        return;
      }
      written++;
      enter(file, result);
      seen.add(result.patient.pseudonym);
      for (const [key, count] of result.actions) actions.set(key, (actions.get(key) ?? 0) + count);
    },
    outcome: () => ({ written, patients: seen.size, leftOut, actions }),
  };
}

async function checkPlaces({ input, output, lookup }: FolderOptions): Promise<void> {
  const refuse = (path: string, reason: string, remedy: string): never => {
    throw fileError('data/output-refused', path, { reason, remedy });
  };
  if (isWithin(output, input) || isWithin(input, output))
    refuse(output, 'is not apart from the input folder', 'choose another folder with --out');
  if (isWithin(lookup, output) || isWithin(lookup, input)) {
    refuse(lookup, 'would lie beside the files that it identifies', 'keep it elsewhere');
  }
  const present = await readdir(output).catch((error: NodeJS.ErrnoException) => (error.code === 'ENOENT' ? [] : ['?']));
  if (present.length > 0) refuse(output, 'is no empty or new folder', 'choose another one with --out');
}

function isWithin(path: string, folder: string): boolean {
  return `${resolve(path)}${sep}`.startsWith(`${resolve(folder)}${sep}`);
}
