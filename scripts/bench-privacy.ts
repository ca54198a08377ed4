import { stat } from 'node:fs/promises';
import { formatTable } from '../src/cli/format-table.ts';
import { type Command, EXIT_OK, runCommand } from '../src/cli/run-command.ts';
import { createWasmEngine } from '../src/model/wasm-engine.ts';
import { readFederationOf } from './bench/privacy/federation.ts';
import { measureCost, type PrivacyCost } from './bench/privacy/measure-cost.ts';
import { meanQuality, measureUtility, type Quality, type Utility } from './bench/privacy/measure-utility.ts';

const EPSILON = 8;
const DELTA = 1e-4;
const SEEDS = ['1', '2', '3'];
const QUICK_SEEDS = ['1'];

interface Plan {
  readonly name: string;
  /** What `readSource` takes. */
  readonly dataset: string;
  readonly alphas: readonly number[];
}

interface Row extends PrivacyCost {
  readonly name: string;
  readonly alpha: number;
  readonly epsilon: number;
  readonly delta: number;
  readonly private: Quality;
  readonly open: Quality;
  readonly alone: Quality;
  readonly seeds: readonly (Utility & { readonly seed: string })[];
}

const benchPrivacy: Command = {
  spec: {
    usage: 'npm run bench:privacy -- [options]',
    summary:
      'What differential privacy for every record costs: five hospitals with it (DP-SGD, ε = 8, δ = 10⁻⁴), without it, and each by itself\n' +
      'without it, on the same shares in the same run; and the time of a private step against a plain one.',
    options: {
      pneumonia: {
        type: 'string',
        value: '<file>',
        help: 'PneumoniaMNIST as an NPZ file; left out if there is none',
        default: '../shared/data/pneumoniamnist_28_full.npz',
      },
      quick: { type: 'boolean', help: 'digits at α = 1 with one seed' },
      json: { type: 'boolean', help: 'print one JSON document on the last line' },
    },
  },
  async run(values, _positionals, signal) {
    const quick = values.quick === true;
    const rows: Row[] = [];
    for (const plan of await plansFor(quick, String(values.pneumonia))) {
      for (const alpha of plan.alphas) rows.push(await measure(plan, alpha, quick ? QUICK_SEEDS : SEEDS, signal));
    }
    process.stdout.write(values.json === true ? `${JSON.stringify({ rows })}\n` : `${describe(rows)}\n`);
    return EXIT_OK;
  },
};

async function plansFor(quick: boolean, pneumonia: string): Promise<Plan[]> {
  const digits = { name: 'digits', dataset: 'digits', alphas: quick ? [1] : [1, 0.3] };
  if (quick) return [digits];
  if (await stat(pneumonia).catch(() => null)) {
    return [digits, { name: 'pneumonia', dataset: pneumonia, alphas: [0.5] }];
  }
  progress(`no ${pneumonia}: left out; --pneumonia names the file`);
  return [digits];
}

async function measure(plan: Plan, alpha: number, seeds: readonly string[], signal: AbortSignal): Promise<Row> {
  const engine = await createWasmEngine();
  const results: Row['seeds'][number][] = [];
  let cost: PrivacyCost | null = null;
  for (const seed of seeds) {
    signal.throwIfAborted();
    progress(`${plan.name}, α = ${alpha}, seed ${seed} …`);
    const federation = await readFederationOf(plan.dataset, alpha, seed);
    results.push({ seed, ...(await measureUtility(engine, federation, { epsilon: EPSILON, delta: DELTA })) });
    cost ??= await measureCost(engine, federation);
  }
  const mean = (way: 'private' | 'open' | 'alone'): Quality => meanQuality(results.map((result) => result[way]));
  const means = { private: mean('private'), open: mean('open'), alone: mean('alone') };
  const claim = { name: plan.name, alpha, epsilon: EPSILON, delta: DELTA };
  return { ...claim, ...means, ...(cost as PrivacyCost), seeds: results };
}

function describe(rows: readonly Row[]): string {
  const quality = ({ accuracy, auc }: Quality): string => `${accuracy.toFixed(3)} / ${auc?.toFixed(3) ?? '–'}`;
  const header = ['accuracy / AUC', 'α', 'private', 'open', 'alone', 'largest ε', 'time a step', 'of clipping'];
  const lines = rows.map((row) => [
    row.name,
    String(row.alpha),
    quality(row.private),
    quality(row.open),
    quality(row.alone),
    Math.max(...row.seeds.map(({ largestEpsilon }) => largestEpsilon)).toFixed(3),
    `× ${row.stepRatio.toFixed(1)}`,
    `× ${row.clippingRatio.toFixed(1)}`,
  ]);
  return formatTable(header, lines);
}

function progress(text: string): void {
  process.stderr.write(`${text}\n`);
}

process.exitCode = await runCommand(benchPrivacy, process.argv.slice(2));
