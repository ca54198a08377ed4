import { readFile, writeFile } from 'node:fs/promises';
import { z } from 'zod';
import { decodeCanonical, encodeCanonical } from '../base/canonical.ts';
import { messageOf } from '../base/errors.ts';
import { fileError } from './data-error.ts';
import type { Dataset } from './dataset.ts';
import { OLDEST_YEARS, SEXES, UNKNOWN } from './prepared-demographics.ts';

const preparedSchema = z
  .strictObject({
    /** The version before had no sex and age. */
    type: z.enum(['consilium/dataset/3', 'consilium/dataset/2']),
    /** 32-bit little-endian floats, sample after sample. */
    inputs: z.instanceof(Uint8Array),
    labels: z.instanceof(Uint8Array),
    /** Follow-up times as 32-bit little-endian floats; null but for survival data. */
    times: z.instanceof(Uint8Array).nullable(),
    /** Sex and age, a byte a sample; null where nothing is known. */
    demographics: z
      .strictObject({ sexes: z.instanceof(Uint8Array), ages: z.instanceof(Uint8Array) })
      .nullable()
      .default(null),
    inputShape: z.array(z.int().min(1).max(65_536)).min(1).max(3),
    classNames: z.array(z.string().max(200)).min(2).max(256),
    inputScaling: z.strictObject({ offset: z.array(z.number()), scale: z.array(z.number()) }),
  })
  .refine(
    ({ inputs, labels, inputShape }) => inputs.length === 4 * labels.length * inputShape.reduce((a, b) => a * b, 1),
    {
      error: 'inputs and labels are not equally many',
    },
  )
  .refine(({ labels, times }) => times === null || times.length === 4 * labels.length, {
    error: 'times and labels are not equally many',
  })
  .refine(
    ({ labels, demographics }) =>
      demographics === null ||
      (demographics.sexes.length === labels.length &&
        demographics.ages.length === labels.length &&
        demographics.sexes.every((sex) => sex < SEXES.length || sex === UNKNOWN) &&
        demographics.ages.every((age) => age <= OLDEST_YEARS || age === UNKNOWN)),
    { error: 'sex or age are not those of the samples' },
  )
  .refine(({ labels, classNames }) => labels.every((label) => label < classNames.length), {
    error: 'a label has no class',
  });

/** The bytes of a data set that is scaled and split, ready to train on: what `split` leaves in a member's data folder. */
export function encodePreparedDataset(dataset: Dataset): Uint8Array {
  const { inputs, labels, times, demographics, inputShape, classNames, inputScaling } = dataset;
  return encodeCanonical({
    type: 'consilium/dataset/3',
    inputs: bytesOf(inputs),
    labels,
    times: times === undefined ? null : bytesOf(times),
    demographics: demographics === undefined ? null : { sexes: demographics.sexes, ages: demographics.ages },
    inputShape: [...inputShape],
    classNames: [...classNames],
    inputScaling,
  });
}

function bytesOf({ buffer, byteOffset, byteLength }: Float32Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

/** Writes {@link encodePreparedDataset} to a file that only its owner can read. */
export async function writePreparedDataset(path: string, dataset: Dataset): Promise<void> {
  await writeFile(path, encodePreparedDataset(dataset), { mode: 0o600 });
}

/** @throws DataError `data/unreadable`, `data/bad-array` */
export async function readPreparedDataset(path: string): Promise<Dataset> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(path);
  } catch (cause) {
    throw fileError('data/unreadable', path, { reason: messageOf(cause), remedy: 'prepare the data again', cause });
  }
  try {
    const { inputs, labels, times, demographics, inputShape, classNames, inputScaling } = preparedSchema.parse(
      decodeCanonical(bytes),
    );
    return {
      inputs: new Float32Array(inputs.slice().buffer),
      labels,
      ...(times === null ? {} : { times: new Float32Array(times.slice().buffer) }),
      ...(demographics === null ? {} : { demographics }),
      samples: labels.length,
      inputShape,
      classes: classNames.length,
      classNames,
      inputScaling,
    };
  } catch (cause) {
    throw fileError('data/bad-array', path, {
      reason: 'not a prepared data set',
      remedy: 'prepare the data again',
      cause,
    });
  }
}
