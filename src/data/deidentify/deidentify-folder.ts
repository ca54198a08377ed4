import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { ConsiliumError } from '../../base/errors.ts';
import { DataError, fileError } from '../data-error.ts';
import { readRegularFile } from '../read-file.ts';
import { cleanPixels, type PixelOptions } from './clean-pixels.ts';
import { type DeidentifiedFile, deidentifyFile } from './deidentify-file.ts';
import { type LookupPatient, type LookupTable, openLookup } from './lookup-table.ts';
import type { Profile } from './profile.ts';
import { createPseudonyms, type Pseudonyms } from './pseudonyms.ts';
import { readDicom } from './read-dicom.ts';
import { writeDicom } from './write-dicom.ts';

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
 * clean is listed and left out.
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
  const pseudonyms = createPseudonyms(Buffer.from(table.key, 'hex'));
  const patients = new Map(table.patients.map((patient) => [patient.pseudonym, patient]));
  const seen = new Set<string>();
  const actions = new Map<string, number>();
  const leftOut: LeftOut[] = [];
  const files = await filesBelow(options.input);
  for (const [index, file] of files.entries()) {
    signal.throwIfAborted();
    try {
      const clean = await deidentifyOne(file, options, pseudonyms);
      for (const [key, count] of clean.actions) actions.set(key, (actions.get(key) ?? 0) + count);
      enter({ table, patients }, clean, relative(options.input, file));
      seen.add(clean.patient.pseudonym);
    } catch (error) {
      if (!(error instanceof ConsiliumError)) throw error;
      leftOut.push({ file: relative(options.input, file), code: error.code, reason: error.message });
    }
    progress(index + 1, files.length);
  }
  return { written: files.length - leftOut.length, patients: seen.size, leftOut, actions };
}

async function deidentifyOne(path: string, options: FolderOptions, pseudonyms: Pseudonyms): Promise<DeidentifiedFile> {
  const { file, pixelsCleaned } = await cleanPixels(path, readDicom(await readRegularFile(path)), options.pixels);
  const clean = deidentifyFile(file, { profile: options.profile, pseudonyms, pixelsCleaned });
  if (options.dryRun) return clean;
  const target = join(options.output, pathOf(clean));
  await mkdir(dirname(target), { recursive: true });
  await writeFile(target, writeDicom(clean.file), { flag: 'wx' }).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code !== 'EEXIST') throw cause;
    throw new DataError('data/not-deidentifiable', 'another file has the same object; leave one of them out');
  });
  return clean;
}

function pathOf({ patient, instance }: DeidentifiedFile): string {
  return join(patient.pseudonym, `${instance}.dcm`);
}

function enter(
  known: { table: LookupTable; patients: Map<string, LookupPatient> },
  clean: DeidentifiedFile,
  from: string,
): void {
  const entry = known.patients.get(clean.patient.pseudonym) ?? { ...clean.patient, files: [] };
  if (!known.patients.has(entry.pseudonym)) known.table.patients.push(entry);
  known.patients.set(entry.pseudonym, entry);
  entry.files.push({ from, to: pathOf(clean) });
}

/** Regular files, in order of their paths; links are not followed. */
async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(
    (cause: NodeJS.ErrnoException) => {
      throw fileError('data/missing-file', folder, {
        reason: `cannot be listed (${cause.code})`,
        remedy: 'give the path of a folder',
        cause,
      });
    },
  );
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
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
