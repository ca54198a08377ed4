import { existsSync } from 'node:fs';
import { createSeededRandom } from '../src/base/seeded-random.ts';
import { formatTable } from '../src/cli/format-table.ts';
import { type Command, EXIT_OK, runCommand } from '../src/cli/run-command.ts';
import type { Dataset } from '../src/data/dataset.ts';
import { readSource } from '../src/data/read-source.ts';
import { type MemberData, splitFederation } from '../src/data/split.ts';
import { defaultTraining } from '../src/model/default-training.ts';
import type { Model } from '../src/model/engine.ts';
import { initialParameters } from '../src/model/initial-parameters.ts';
import { pooledOptions } from '../src/model/training-options.ts';
import { createWasmEngine } from '../src/model/wasm-engine.ts';
import { knnShapley, type LabelledPoints } from '../src/valuation/knn-shapley.ts';
import { flipLabels } from './bench/flip-labels.ts';
import { openTraining } from './bench/privacy/federation.ts';

/** Share of the labels that are wrong, and of the records that are looked at. */
const SHARE = 0.1;
const NEIGHBOURS = [1, 5, 10, 20];
/** With the steps of so many hospitals, whose data these would be, in each: about what a short study does. */
const ROUNDS = 5;
const HOSPITALS = 5;
const SEEDS = ['1', '2', '3'];

interface Row {
  readonly dataset: string;
  readonly seed: string;
  /** Whether the held-out part has wrong labels too. */
  readonly heldOutFlipped: boolean;
  readonly records: number;
  /** Share of wrong labels among the tenth with the lowest values, by number of neighbours. */
  readonly precision: Readonly<Record<number, number>>;
  /** The same where the records with the largest loss are looked at. */
  readonly precisionByLoss: number;
  /** Of the ranking with 10 neighbours. */
  readonly seconds: number;
}

const benchDataValue: Command = {
  spec: {
    usage: 'npm run bench:data-value -- [options]',
    summary:
      'Plants wrong labels in a tenth of a hospital’s records, trains the default network on them, ranks the records by KNN-Shapley on its\n' +
      'features, and tells how many of the lowest tenth are wrong (chance: 10 %); with a held-out part that is right and with one that is\n' +
      'as wrong. Beside it the ranking by the model’s own loss.',
    options: {
      pneumonia: {
        type: 'string',
        value: '<file>',
        help: 'PneumoniaMNIST as an NPZ file; left out if there is none',
        default: '../shared/data/pneumoniamnist_28_full.npz',
      },
      quick: { type: 'boolean', help: 'digits with one seed' },
      json: { type: 'boolean', help: 'print one JSON document on the last line' },
    },
  },
  async run(values, _, signal) {
    const pneumonia = String(values.pneumonia);
    const quick = values.quick === true;
    const datasets = ['digits', ...(quick || !existsSync(pneumonia) ? [] : [pneumonia])];
    const rows: Row[] = [];
    for (const dataset of datasets) {
      for (const seed of quick ? SEEDS.slice(0, 1) : SEEDS) {
        for (const heldOutFlipped of [false, true]) {
          rows.push(await measure(dataset, seed, heldOutFlipped));
          signal.throwIfAborted();
        }
      }
    }
    process.stdout.write(values.json === true ? `${JSON.stringify({ rows })}\n` : `${describe(rows)}\n`);
    return EXIT_OK;
  },
};

async function measure(dataset: string, seed: string, heldOutFlipped: boolean): Promise<Row> {
  const source = await readSource(dataset);
  const [member] = splitFederation(source, { members: 1, alpha: Infinity, seed }).members as [MemberData];
  const random = createSeededRandom(seed, 'wrong labels');
  const { data: training, flipped } = flipLabels(member.training, SHARE, random.fork('training'));
  const heldOut = heldOutFlipped ? flipLabels(member.heldOut, SHARE, random.fork('held out')).data : member.heldOut;
  const { architecture, training: options } = defaultTraining(source.kind, training);
  const model = (await createWasmEngine()).createModel(architecture);
  const train = openTraining(model, pooledOptions(options, HOSPITALS), seed);
  let parameters = initialParameters(architecture, seed);
  for (let round = 0; round < ROUNDS; round++) parameters = await train(parameters, training, `${round}`);
  const ranked = (neighbours: number) => rankByValue(model, parameters, { training, heldOut, neighbours });
  const began = performance.now();
  const byTen = ranked(10);
  const seconds = (performance.now() - began) / 1000;
  const precision = Object.fromEntries(NEIGHBOURS.map((k) => [k, precisionOf(k === 10 ? byTen : ranked(k), flipped)]));
  return {
    dataset: source.kind === 'npz' ? 'PneumoniaMNIST' : dataset,
    seed,
    heldOutFlipped,
    records: training.samples,
    precision,
    precisionByLoss: precisionOf(lossOrder(model, parameters, training), flipped),
    seconds,
  };
}

interface Valued {
  readonly training: Dataset;
  readonly heldOut: Dataset;
  readonly neighbours: number;
}

/** Indices, lowest value first. */
function rankByValue(model: Model, parameters: Float32Array, { training, heldOut, neighbours }: Valued): number[] {
  const points = (part: Dataset): LabelledPoints => ({ ...model.embed(parameters, part), labels: part.labels });
  const values = knnShapley(points(training), points(heldOut), neighbours);
  return Array.from(values.keys()).sort((a, b) => (values[a] as number) - (values[b] as number));
}

/** Indices, the least probable label first. */
function lossOrder(model: Model, parameters: Float32Array, training: Dataset): number[] {
  const { probabilities } = model.evaluate(parameters, training);
  const chance = (index: number): number =>
    probabilities[index * training.classes + (training.labels[index] as number)] as number;
  return Array.from({ length: training.samples }, (_, index) => index).sort((a, b) => chance(a) - chance(b));
}

function precisionOf(order: readonly number[], flipped: ReadonlySet<number>): number {
  const looked = order.slice(0, Math.round(SHARE * order.length));
  return looked.filter((index) => flipped.has(index)).length / looked.length;
}

function describe(rows: readonly Row[]): string {
  const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
  return formatTable(
    ['data', 'seed', 'held-out labels', 'records', ...NEIGHBOURS.map((k) => `K = ${k}`), 'by loss', 'seconds'],
    rows.map((row) => [
      row.dataset,
      row.seed,
      row.heldOutFlipped ? '10 % wrong' : 'right',
      String(row.records),
      ...NEIGHBOURS.map((k) => percent(row.precision[k] ?? 0)),
      percent(row.precisionByLoss),
      row.seconds.toFixed(2),
    ]),
  );
}

process.exitCode = await runCommand(benchDataValue, process.argv.slice(2));
