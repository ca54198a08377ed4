import { wholeNumber } from '../src/cli/command-line.ts';
import { formatTable } from '../src/cli/format-table.ts';
import { type Command, EXIT_OK, runCommand } from '../src/cli/run-command.ts';
import { startTestChain } from '../test/contracts/consortium.ts';
import { deployBareEvents, type GasRow, measureGas } from '../test/contracts/measure-gas.ts';

const MEMBERS = [4, 16, 64];
const ROUNDS = [1, 20, 60];

const benchGas: Command = {
  spec: {
    usage: 'npm run bench:gas -- [options]',
    summary:
      'Measures what recording costs, in gas, on the embedded chain: by members and rounds, next to events that are only emitted.\n' +
      'Gas is exact up to the zero bytes of random digests; it does not depend on the machine.',
    options: {
      members: { type: 'string', value: '<n>', help: 'only this number of members, 2 to 64' },
      quick: { type: 'boolean', help: 'leave out the rounds between those that are measured' },
      json: { type: 'boolean', help: 'print one JSON document on the last line' },
    },
  },
  async run(values) {
    const counts = values.members === undefined ? MEMBERS : [wholeNumber(values, 'members', { min: 2, max: 64 })];
    const testChain = await startTestChain();
    try {
      const bare = await deployBareEvents(testChain);
      const rows: GasRow[] = [];
      const onRow = (row: GasRow): void =>
        void process.stderr.write(`${row.members} members, round ${row.round}: ${row.scoredContribution}\n`);
      for (const members of counts) {
        rows.push(
          ...(await measureGas(testChain, bare, { members, rounds: ROUNDS, sparse: values.quick === true, onRow })),
        );
      }
      process.stdout.write(values.json === true ? `${JSON.stringify({ rows })}\n` : `${describe(rows)}\n`);
    } finally {
      await testChain.stop();
    }
    return EXIT_OK;
  },
};

const COLUMNS = [
  'members',
  'round',
  'contribution',
  'contributionBatched',
  'valuation',
  'perScore',
  'scoredContribution',
  'bareEvent',
  'bareReveal',
] as const;

function describe(rows: readonly GasRow[]): string {
  const ratio = (row: GasRow): string => (row.scoredContribution / (row.bareEvent + row.bareReveal)).toFixed(2);
  return formatTable(
    [...COLUMNS, 'scored/bare'],
    rows.map((row) => [...COLUMNS.map((column) => String(row[column])), ratio(row)]),
  );
}

process.exitCode = await runCommand(benchGas, process.argv.slice(2));
