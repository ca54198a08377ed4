import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileError } from '../data/data-error.ts';
import type { Dataset } from '../data/dataset.ts';
import { encodeSamples } from '../data/images/encode-samples.ts';
import { readRecordPlaces } from '../data/record-places.ts';
import { type RecordValuation, valueRecords } from '../peer/value-records.ts';
import { renderContactSheet } from '../web/contact-sheet.ts';
import { type OptionValues, required, usageError, wholeNumber } from './command-line.ts';
import { formatCsv } from './format-csv.ts';
import { formatTable } from './format-table.ts';
import { makePrivateFolder } from './private-folder.ts';
import { type Command, EXIT_OK } from './run-command.ts';
import { showProgress } from './show-progress.ts';

/** A training record with what is said of it. */
interface ValuedRecord {
  /** Place in training.dataset, from 0. */
  readonly record: number;
  /** File, frame, slice or row, as `data split` knows it; null without a list of places. */
  readonly place: string | null;
  readonly label: string;
  readonly value: number;
}

export const dataValueCommand: Command = {
  spec: {
    usage: 'consilium data value <data folder> --out <folder> [options]',
    summary:
      "Ranks a member's own training records by what they are worth to classify its held-out records (KNN-Shapley on the features of the\n" +
      'newest model in the data folder). Records with a wrong label stand at the top of the list. Writes values.csv and, for images,\n' +
      'harmful.html with the most harmful ones, readable by nobody else. Nothing leaves the machine. The peer must not be running.',
    positionals: true,
    options: {
      out: { type: 'string', value: '<folder>', help: 'a new folder, or one that only you can enter' },
      places: { type: 'string', value: '<file>', help: "what 'data split --places' wrote, to name files and rows" },
      top: { type: 'string', value: '<n>', help: 'how many of the most harmful to show, 1 to 1000', default: '20' },
      neighbours: { type: 'string', value: '<k>', help: 'how many of the nearest records vote', default: '10' },
      json: { type: 'boolean', help: 'print one JSON document' },
    },
    examples: [
      'consilium data value member --out values',
      'consilium data value member --out values --places places.json --top 50',
    ],
  },
  async run(values, positionals, signal) {
    const [path, ...others] = positionals;
    if (path === undefined || others.length > 0) throw usageError("give one member's data folder; see --help");
    const top = wholeNumber(values, 'top', { min: 1, max: 1000 });
    const neighbours = wholeNumber(values, 'neighbours', { min: 1, max: 1000 });
    const out = await makePrivateFolder(required(values, 'out'));
    const valuation = await valueRecords(path, {
      neighbours,
      signal,
      onProgress: showProgress('held-out record', values),
    });
    const ranking = await rank(valuation, values.places);
    const files = await writeFiles(out, valuation.training, { ranking, top });
    const outcome = { valuation, neighbours, ranking, top, files };
    process.stdout.write(values.json === true ? asJson(outcome) : asText(outcome));
    return EXIT_OK;
  },
};

/** All records, the most harmful first. */
async function rank(
  { training, values }: RecordValuation,
  placesFile: OptionValues[string],
): Promise<readonly ValuedRecord[]> {
  const places = typeof placesFile === 'string' ? await readRecordPlaces(placesFile, training) : null;
  return Array.from(values, (value, record) => ({
    record,
    place: places?.[record] ?? null,
    label: training.classNames[training.labels[record] ?? 0] ?? '',
    value,
  })).sort((a, b) => a.value - b.value || a.record - b.record);
}

interface Files {
  readonly values: string;
  /** Null for tables. */
  readonly sheet: string | null;
}

async function writeFiles(
  out: string,
  training: Dataset,
  { ranking, top }: { readonly ranking: readonly ValuedRecord[]; readonly top: number },
): Promise<Files> {
  const files = { values: join(out, 'values.csv'), sheet: join(out, 'harmful.html') };
  const rows = ranking.map(({ record, place, label, value }) => [record, place, label, value]);
  await writePrivate(files.values, formatCsv(['record', 'place', 'label', 'value'], rows));
  if (training.inputShape.length !== 3) return { ...files, sheet: null };
  const worst = ranking.slice(0, top);
  const images = encodeSamples(
    training,
    worst.map(({ record }) => record),
  );
  const shown = worst.map((each, i) => ({ ...each, png: images[i] as Uint8Array }));
  await writePrivate(files.sheet, renderContactSheet(shown, training.samples));
  return files;
}

async function writePrivate(path: string, text: string): Promise<void> {
  try {
    await writeFile(path, text, { mode: 0o600, flag: 'wx' });
  } catch (cause) {
    const reason = `cannot be made (${(cause as NodeJS.ErrnoException).code})`;
    throw fileError('data/output-refused', path, { reason, remedy: 'name a new folder', cause });
  }
}

interface Outcome {
  readonly valuation: RecordValuation;
  readonly neighbours: number;
  readonly ranking: readonly ValuedRecord[];
  readonly top: number;
  readonly files: Files;
}

function asJson({ valuation, neighbours, ranking, top, files }: Outcome): string {
  const { worth, heldOutSamples, layer, width, model } = valuation;
  const records = ranking.length;
  const harmful = countHarmful(ranking);
  return `${JSON.stringify({ records, heldOut: heldOutSamples, neighbours, layer, width, model, worth, harmful, files, top: ranking.slice(0, top) })}\n`;
}

const countHarmful = (ranking: readonly ValuedRecord[]): number => ranking.filter(({ value }) => value < 0).length;

function asText({ valuation, neighbours, ranking, top, files }: Outcome): string {
  const { worth, heldOutSamples, layer, width, model } = valuation;
  const by = layer === null ? `${width} inputs` : `${width} features (layer ${layer})`;
  const rows = ranking
    .slice(0, top)
    .map(({ record, place, label, value }) => [
      String(record),
      label,
      value.toExponential(2),
      ...(place === null ? [] : [place]),
    ]);
  const header = ['record', 'label', 'value', ...(ranking[0]?.place === null ? [] : ['place'])];
  return [
    `${ranking.length} training records, compared with ${heldOutSamples} held-out ones by ${by} of the model after ${model.round} rounds`,
    `${(100 * worth).toFixed(1)} % of the votes of ${neighbours} neighbours name the right class; ${countHarmful(ranking)} records have a value below zero`,
    '',
    formatTable(header, rows),
    '',
    `all values            ${files.values}`,
    ...(files.sheet === null ? [] : [`most harmful images   ${files.sheet}`]),
    'These files tell of patients: they stay at the site.',
    '',
  ].join('\n');
}
