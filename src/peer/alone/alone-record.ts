import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { digestSchema } from '../../protocol/wire-types.ts';

const figuresSchema = z.strictObject({
  /** Nats. */
  loss: z.number(),
  accuracy: z.number().nullable(),
  auc: z.number().nullable(),
});

/** Figures of one evaluation, as metrics have them. */
export type AloneFigures = z.infer<typeof figuresSchema>;

const attemptSchema = z.strictObject({
  /** Its learning rate is the study's times this. */
  stepFactor: z.number().gt(0),
  /** After so many rounds on the member's own data; the first is the initial model. */
  points: z.array(
    z.strictObject({
      rounds: z.int().min(0),
      heldOut: figuresSchema,
      /** On the test part that all members share; null where the study has none. */
      common: figuresSchema.nullable(),
    }),
  ),
});

/**
 * How far the member's own data alone would have brought it: in a folder of its own, with the model so far. All of it follows from the
 * member's data, so it stays at the site and is destroyed with them.
 */
export const aloneRecordSchema = z.strictObject({
  type: z.literal('consilium/alone/1'),
  study: digestSchema,
  /** SHA-256 of the data sets that it was trained and judged with. */
  data: digestSchema,
  attempts: z.array(attemptSchema),
  /** The attempt that counts; null while it is trained. */
  chosen: z.int().min(0).nullable(),
  /** Model and velocity after the last point, as blobs beside this file; null at the end. */
  kept: z.strictObject({ parameters: digestSchema, velocity: digestSchema.nullable() }).nullable(),
});

export type AloneRecord = z.infer<typeof aloneRecordSchema>;

export const aloneFile = (folder: string): string => join(folder, 'figures.json');

/** Null where there is none; one that cannot be read counts as none, and is trained again. */
export async function readAloneRecord(folder: string): Promise<AloneRecord | null> {
  try {
    return aloneRecordSchema.parse(JSON.parse(await readFile(aloneFile(folder), 'utf8')));
  } catch {
    return null;
  }
}

export async function writeAloneRecord(folder: string, record: AloneRecord): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const scratch = `${aloneFile(folder)}.${process.pid}`;
  await writeFile(scratch, `${JSON.stringify(record)}\n`, { mode: 0o600 });
  await rename(scratch, aloneFile(folder));
}
