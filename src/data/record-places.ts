import { writeFile } from 'node:fs/promises';
import { z } from 'zod';
import { type Hex, sha256, toHex } from '../base/bytes.ts';
import { fileError } from './data-error.ts';
import type { Dataset } from './dataset.ts';
import { encodePreparedDataset } from './prepared-dataset.ts';
import { readRegularFile } from './read-file.ts';

const placesSchema = z.strictObject({
  type: z.literal('consilium/record-places/1'),
  /** SHA-256 of the prepared data set whose records these are. */
  dataset: z.string().regex(/^0x[0-9a-f]{64}$/),
  /** Where each of its records came from, in order. */
  places: z.array(z.string()),
});

const digestOf = (dataset: Dataset): Hex => toHex(sha256(encodePreparedDataset(dataset)));

/**
 * Writes where the records of a prepared data set came from, which the data set itself does not say, to a new file that only its owner
 * can read. It has names of files in it, so it belongs to the member alone.
 * @param places one a record; see `SourceRecord.place`
 * @throws DataError `data/output-refused` if the file is there already
 */
export async function writeRecordPlaces(path: string, dataset: Dataset, places: readonly string[]): Promise<void> {
  const list: z.infer<typeof placesSchema> = {
    type: 'consilium/record-places/1',
    dataset: digestOf(dataset),
    places: [...places],
  };
  try {
    await writeFile(path, `${JSON.stringify(list)}\n`, { mode: 0o600, flag: 'wx' });
  } catch (cause) {
    const reason = `cannot be made (${(cause as NodeJS.ErrnoException).code})`;
    throw fileError('data/output-refused', path, {
      reason,
      remedy: 'name a new file in a folder that is there',
      cause,
    });
  }
}

/**
 * The list that {@link writeRecordPlaces} made for this data set.
 * @throws DataError `data/unsuitable` if it is of another data set, or no such list; as `readRegularFile` does
 */
export async function readRecordPlaces(path: string, dataset: Dataset): Promise<readonly string[]> {
  const list = parse(path, await readRegularFile(path));
  if (list.dataset === digestOf(dataset) && list.places.length === dataset.samples) return list.places;
  throw fileError('data/unsuitable', path, {
    reason: 'lists the records of another data set',
    remedy: "give the list that 'data split --places' wrote with this one",
  });
}

function parse(path: string, bytes: Buffer): z.infer<typeof placesSchema> {
  try {
    return placesSchema.parse(JSON.parse(bytes.toString('utf8')));
  } catch (cause) {
    const remedy = "give what 'data split --places' wrote";
    throw fileError('data/unsuitable', path, { reason: 'is no list of places', remedy, cause });
  }
}
