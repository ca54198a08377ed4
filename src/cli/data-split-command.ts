import { access, mkdir } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { DataError } from '../data/data-error.ts';
import { describeRecords } from '../data/describe-records.ts';
import { encodeRecords } from '../data/encode-records.ts';
import { writePreparedDataset } from '../data/prepared-dataset.ts';
import { readStudyRecords } from '../data/read-study-records.ts';
import { writeRecordPlaces } from '../data/record-places.ts';
import type { SourceRecord, SourceRecords } from '../data/source-record.ts';
import { type RecordSplit, splitRecords } from '../data/split-records.ts';
import { countLeftOut } from '../data/tables/bad-rows.ts';
import { number, type OptionValues, required, usageError } from './command-line.ts';
import { DATA_OPTIONS, readDataOptions, readInputSpec } from './data-options.ts';
import { type Command, EXIT_OK } from './run-command.ts';

export const dataSplitCommand: Command = {
  spec: {
    usage: 'consilium data split <path> --manifest <file> --out <folder> [options]',
    summary:
      "Turns a member's files into what its peer trains on: training.dataset and held-out.dataset, as the study's manifest says. Images are\n" +
      "brought to the study's size, missing values filled. Records of one patient stay on one side, copies of a record too. Identifiers stay\n" +
      'behind. Files and rows that cannot be used are listed and left out.',
    positionals: true,
    options: {
      manifest: { type: 'string', value: '<file>', help: "the study's manifest" },
      out: { type: 'string', value: '<folder>', help: "the member's data folder; data sets in it are not overwritten" },
      'held-out': { type: 'string', value: '<share>', help: 'share that is never trained on', default: '0.2' },
      places: {
        type: 'string',
        value: '<file>',
        help: "a new file, outside of that folder, for where each training record came from; 'data value' reads it",
      },
      seed: { type: 'string', value: '<text>', help: 'of the split; keep it to make the same one again', default: '1' },
      ...DATA_OPTIONS,
      json: { type: 'boolean', help: 'print one JSON document' },
    },
    examples: ['consilium data split scans --label-csv labels.csv --manifest manifest.json --out member'],
  },
  async run(values, positionals) {
    const [path, ...others] = positionals;
    if (path === undefined || others.length > 0) throw usageError('give one file or folder; see --help');
    const share = number(values, 'held-out');
    if (!(share > 0 && share < 1)) throw usageError(`--held-out ${share}: give a number between 0 and 1`);
    const files = await targetsIn(required(values, 'out'));
    const places = placesFile(values);
    const input = await readInputSpec(required(values, 'manifest'));
    const read = await readStudyRecords(path, input, readDataOptions(values));
    const split = splitRecords(read.records, { share, seed: String(values.seed) });
    checkSplit(split);
    const training = encodeRecords(chosen(read.records, split.training), input);
    const heldOut = encodeRecords(chosen(read.records, split.heldOut), input);
    if (places !== null) {
      const list = chosen(read.records, split.training).map(({ place }) => place);
      await writeRecordPlaces(places, training, list);
    }
    await writePreparedDataset(files.training, training);
    await writePreparedDataset(files.heldOut, heldOut);
    process.stdout.write(describe(read, split, { files, json: values.json === true }));
    return EXIT_OK;
  },
};

/** Names of files do not go where a peer reads (docs/decisions/0028). */
function placesFile({ places, out }: OptionValues): string | null {
  if (typeof places !== 'string') return null;
  const isInside = !relative(resolve(String(out)), resolve(places)).startsWith('..');
  if (isInside) throw usageError(`--places ${places}: names of files do not go into the data folder; choose another`);
  return places;
}

interface Targets {
  readonly training: string;
  readonly heldOut: string;
}

async function targetsIn(folder: string): Promise<Targets> {
  const files = { training: join(folder, 'training.dataset'), heldOut: join(folder, 'held-out.dataset') };
  await mkdir(folder, { recursive: true, mode: 0o700 });
  for (const file of [files.training, files.heldOut]) {
    const isThere = await access(file).then(
      () => true,
      () => false,
    );
    if (isThere)
      throw usageError(`${file} is there already; another split would mix what was trained on with what was not`);
  }
  return files;
}

function chosen(records: readonly SourceRecord[], indices: readonly number[]): SourceRecord[] {
  return indices.map((index) => records[index] as SourceRecord);
}

/** Too few to train on, or to judge by: the peer would fail in its first round. */
const LEAST = { training: 5, heldOut: 3 };

function checkSplit({ training, heldOut, groups, largestGroup }: RecordSplit): void {
  if (training.length >= LEAST.training && heldOut.length >= LEAST.heldOut) return;
  const cause = `${groups} groups that stay together, by patient or as copies, the largest of ${largestGroup} records`;
  throw new DataError(
    'data/impossible-split',
    `${training.length} records to train on and ${heldOut.length} held out are too few; the records form ${cause}; give more data, or another --held-out`,
    { details: { groups, largestGroup } },
  );
}

function describe(
  { records, problems }: SourceRecords,
  { training, heldOut }: RecordSplit,
  { files, json }: { readonly files: Targets; readonly json: boolean },
): string {
  const parts = {
    training: describeRecords(chosen(records, training)),
    heldOut: describeRecords(chosen(records, heldOut)),
  };
  const leftOut = problems.map(({ code, message }) => ({ code, message }));
  if (json) return `${JSON.stringify({ files, ...parts, leftOut })}\n`;
  const line = (name: string, { records: count, patients, classes }: (typeof parts)['training']): string => {
    const list = Object.entries(classes).map(([label, each]) => `${label}: ${each}`);
    return `${name} ${count} records${patients === null ? '' : ` of ${patients} patients`} (${list.join(', ')})`;
  };
  return [
    ...leftOut.map(({ code, message }) => `left out: ${code}: ${message}`),
    `${line('training', parts.training)}  ${files.training}`,
    `${line('held out', parts.heldOut)}  ${files.heldOut}`,
    `${countLeftOut(problems)} files or rows left out`,
    '',
  ].join('\n');
}
