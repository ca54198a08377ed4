import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { parseLabelledTable } from './csv-table.ts';
import { fileError } from './data-error.ts';
import { type Dataset, type InputScaling, scaleInputs } from './dataset.ts';
import { readRegularFile } from './read-file.ts';

const FILE = fileURLToPath(new URL('../../data/digits.csv.gz', import.meta.url));
const SIDE = 8;
const MAX_TABLE_BYTES = 2 ** 20;

/** Pixels count ink from 0 to 16; inputs run from 0 to 1. */
const digitsScaling: InputScaling = { offset: [0], scale: [1 / 16] };

/**
 * Handwritten digits: 1,797 images of 8 × 8 pixels in ten classes. Source and licence: `data/README.md`.
 * @throws DataError if the file is missing or damaged
 */
export async function readDigits(): Promise<Dataset> {
  const lines = decompress(await readRegularFile(FILE))
    .trimEnd()
    .split('\n');
  const { values, labels, rows } = parseLabelledTable(FILE, lines, SIDE * SIDE + 1, 10);
  return {
    inputs: scaleInputs(values, digitsScaling),
    labels,
    samples: rows,
    inputShape: [SIDE, SIDE, 1],
    classes: 10,
    classNames: Array.from({ length: 10 }, (_, digit) => `${digit}`),
    inputScaling: digitsScaling,
  };
}

function decompress(bytes: Buffer): string {
  try {
    return gunzipSync(bytes, { maxOutputLength: MAX_TABLE_BYTES }).toString('latin1');
  } catch (cause) {
    throw fileError('data/bad-table', FILE, {
      reason: 'is not readable as gzip',
      remedy: 'restore the file from the repository',
      cause,
    });
  }
}
