import { encodeRecords } from '../../../src/data/encode-records.ts';
import type { TableInput } from '../../../src/data/input-spec.ts';
import type { ReadPart } from '../../../src/data/reader/reading-message.ts';
import { readTable } from '../../../src/data/tables/read-table.ts';

/** Inputs of sound rows lie between 0 and 1, as those of images do. */
const input: TableInput = {
  kind: 'table',
  columns: [
    { kind: 'number', name: 'age', least: 0, most: 120, fill: 60, offset: 0, scale: 1 / 120, indicator: true },
    { kind: 'category', name: 'ward', levels: ['1', 'b'], indicator: false },
  ],
  label: { kind: 'threshold', column: 'grade', above: 0, classes: ['healthy', 'ill'] },
  patient: 'who',
  time: null,
  missing: ['?'],
};

/**
 * A CSV file as a study's samples, in the form of an image.
 * @throws DataError the first of the rows that cannot be used, or why the file is no table
 */
export async function readFuzzedTable(path: string): Promise<ReadPart> {
  const { records, problems } = await readTable(path, input);
  const { inputs, samples } = encodeRecords(records, input);
  if (problems[0]) throw problems[0];
  return { part: null, label: null, values: inputs, shape: [samples, inputs.length / Math.max(1, samples), 1] };
}
