import { wholeNumber } from '../src/cli/command-line.ts';
import { formatTable } from '../src/cli/format-table.ts';
import { type Command, EXIT_FAILURE, EXIT_OK, runCommand } from '../src/cli/run-command.ts';
import { type GamingRow, holds } from './bench/gaming/gaming-row.ts';
import { measureGaming } from './bench/gaming/measure-gaming.ts';

const QUICK = { rounds: 5, copyRounds: 32, orders: 4 };

const ORDERS = 10;

const benchGaming: Command = {
  spec: {
    usage: 'npm run bench:gaming -- [options]',
    summary:
      "Ten hospitals learn digits, and some of them try to have a better score than they deserve: by their reports, by others' work, by data that\n" +
      'they have twice, as two members. Each attack beside a control that it fools; exit code 1 if a figure is above what it may be. docs/BENCHMARKS.md has the table and the fields.',
    options: {
      rounds: { type: 'string', value: '<n>', help: 'rounds of each study, 2 to 100', default: '8' },
      'copy-rounds': {
        type: 'string',
        value: '<n>',
        help: 'rounds in which copies are looked for, 30 to 200',
        default: '60',
      },
      seed: { type: 'string', value: '<text>', help: 'seed of data and training', default: '1' },
      quick: {
        type: 'boolean',
        help: `${QUICK.rounds} rounds, copies in ${QUICK.copyRounds}, duplicated data in ${QUICK.orders} orders`,
      },
      json: { type: 'boolean', help: 'print one JSON document on the last line' },
    },
    examples: ['npm run bench:gaming -- --quick', 'npm run bench:gaming -- --seed 2 --json'],
  },
  async run(values, _positionals, signal) {
    const asked = {
      rounds: wholeNumber(values, 'rounds', { min: 2, max: 100 }),
      copyRounds: wholeNumber(values, 'copy-rounds', { min: 30, max: 200 }),
      orders: ORDERS,
    };
    const plan = { ...(values.quick === true ? QUICK : asked), seed: String(values.seed) };
    const rows = await measureGaming(plan, (text) => void process.stderr.write(`${text}\n`), signal);
    process.stdout.write(values.json === true ? `${JSON.stringify({ rows })}\n` : `${describe(rows)}\n`);
    return rows.every(holds) ? EXIT_OK : EXIT_FAILURE;
  },
};

function describe(rows: readonly GamingRow[]): string {
  return formatTable(
    ['attack', 'figure', 'defended', 'control', 'at most', 'holds'],
    rows.map((row) => {
      const write = (value: number | null): string =>
        value === null ? '' : `${value.toFixed(row.unit === 'τ' ? 2 : row.unit === 'ranks' ? 0 : 1)} ${row.unit}`;
      return [
        row.attack,
        row.figure,
        write(row.defended),
        write(row.control),
        write(row.most),
        row.most === null ? '' : holds(row) ? 'yes' : 'NO',
      ];
    }),
  );
}

process.exitCode = await runCommand(benchGaming, process.argv.slice(2));
