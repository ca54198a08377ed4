import { wholeNumber } from '../src/cli/command-line.ts';
import { formatTable } from '../src/cli/format-table.ts';
import { type Command, EXIT_OK, runCommand } from '../src/cli/run-command.ts';
import { type MethodRow, measureMethods, type Plan, type TruthRow } from './bench/valuation/measure-methods.ts';

const QUICK = { rounds: 8, seeds: ['1'] };

const benchValuation: Command = {
  spec: {
    usage: 'npm run bench:valuation -- [options]',
    summary:
      'What members of a study without a server are worth, by each method, against the truth: Shapley values of retraining the study with every\n' +
      'coalition of six members, while the others hand on what they mixed. Digits; clean and noisy data, few samples, wrong labels, and a seventh\n' +
      'member that has no data; a ring, and the seeded pulls of two that peers make. docs/BENCHMARKS.md has the table and the fields.',
    options: {
      rounds: { type: 'string', value: '<n>', help: 'rounds of the study, 1 to 100', default: '20' },
      seeds: { type: 'string', value: '<n>', help: 'seeds, from 1, 1 to 20', default: '5' },
      quick: { type: 'boolean', help: `${QUICK.rounds} rounds and one seed` },
      json: { type: 'boolean', help: 'print one JSON document on the last line' },
    },
    examples: ['npm run bench:valuation -- --quick', 'npm run bench:valuation -- --seeds 1 --json'],
  },
  async run(values, _positionals, signal) {
    const seeds = Array.from({ length: wholeNumber(values, 'seeds', { min: 1, max: 20 }) }, (_, i) => String(i + 1));
    const asked = { rounds: wholeNumber(values, 'rounds', { min: 1, max: 100 }), seeds };
    const plan: Plan = { topologies: ['ring', 'pulls of 2'], ...(values.quick === true ? QUICK : asked) };
    const { truths, rows } = await measureMethods(plan, (text) => void process.stderr.write(`${text}\n`), signal);
    process.stdout.write(values.json === true ? `${JSON.stringify({ truths, rows })}\n` : describe(truths, rows));
    return EXIT_OK;
  },
};

function describe(truths: readonly TruthRow[], rows: readonly MethodRow[]): string {
  const members = truths[0]?.members ?? [];
  const truth = formatTable(
    ['truth, nats', ...truths.map(({ topology }) => topology)],
    members.map((name, i) => [name, ...truths.map(({ worths }) => (worths[i] ?? 0).toFixed(3))]),
  );
  const cost = truths.map(
    ({ topology, retrainings, seconds }) => `${topology}: ${retrainings} retrainings in ${seconds.toFixed(1)} s`,
  );
  const table = formatTable(
    ['topology', 'method', 'distance', 'worst', 'by model', 'rank', 'no data', 'evaluations', 'seconds'],
    rows.map((row) => [
      row.topology,
      row.method,
      row.distance.toFixed(3),
      row.worstDistance.toFixed(3),
      row.modelDistance.toFixed(3),
      row.rankCorrelation.toFixed(2),
      row.relayShare.toFixed(3),
      row.evaluations.toFixed(0),
      row.seconds.toFixed(2),
    ]),
  );
  return `${truth}\n\n${cost.join('; ')}\n\n${table}\n`;
}

process.exitCode = await runCommand(benchValuation, process.argv.slice(2));
