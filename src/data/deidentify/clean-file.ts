import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { DataError } from '../data-error.ts';
import { readRegularFile } from '../read-file.ts';
import { cleanPixels, type PixelOptions } from './clean-pixels.ts';
import { deidentifyFile, type PatientEntry } from './deidentify-file.ts';
import type { AttributeOption } from './profile-table.ts';
import { createPseudonyms } from './pseudonyms.ts';
import { readDicom } from './read-dicom.ts';
import { writeDicom } from './write-dicom.ts';

/** How files are cleaned; plain data, since it goes to another process. */
export interface CleaningOptions {
  readonly profile: ReadonlySet<AttributeOption>;
  /** Of the pseudonyms. */
  readonly key: Uint8Array;
  readonly pixels: PixelOptions;
  /** Where clean files go, or null if none are written. */
  readonly output: string | null;
}

/** What became of a file. */
export interface CleanFile {
  readonly patient: PatientEntry;
  /** Its path below the output. */
  readonly to: string;
  /** How often each attribute met which action. */
  readonly actions: ReadonlyMap<string, number>;
}

/**
 * Writes the clean form of one DICOM file to `<pseudonym>/<replacement UID>.dcm`.
 * @throws ConsiliumError `data/…` if it cannot be read or made clean, or another file has the same object
 */
export async function cleanFile(path: string, { profile, key, pixels, output }: CleaningOptions): Promise<CleanFile> {
  const { file, pixelsCleaned } = await cleanPixels(path, readDicom(await readRegularFile(path)), pixels);
  const clean = deidentifyFile(file, { profile, pseudonyms: createPseudonyms(key), pixelsCleaned });
  const to = join(clean.patient.pseudonym, `${clean.instance}.dcm`);
  if (output !== null) await writeNew(join(output, to), writeDicom(clean.file));
  return { patient: clean.patient, to, actions: clean.actions };
}

async function writeNew(path: string, bytes: Uint8Array): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, bytes, { flag: 'wx' }).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code !== 'EEXIST') throw cause;
    throw new DataError('data/not-deidentifiable', 'another file has the same object; leave one of them out');
  });
}
