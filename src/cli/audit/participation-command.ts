import { type ParticipationTable, tabulateParticipation } from '../../audit/participation-table.ts';
import { openBundle } from '../../audit/read-bundle.ts';
import { connectIfAsked, describeFindings } from '../audit-verify-command.ts';
import { usageError } from '../command-line.ts';
import { formatCsv } from '../format-csv.ts';
import { type Command, EXIT_FINDINGS, EXIT_OK } from '../run-command.ts';
import { describeParticipation } from './describe-participation.ts';

export const auditParticipationCommand: Command = {
  spec: {
    usage: 'consilium audit participation <bundle> [options]',
    summary:
      'Who was registered, joined, expected and heard of in each round: one row a member and round, recomputed from the log, whose heads\n' +
      'are checked first. Each state names the log entry that says so. Who is registered, the chain alone can tell: give --rpc and\n' +
      '--contract for members of the consortium that never joined. Exit code 0, or 3 if the log is not what it claims to be.',
    positionals: true,
    options: {
      rpc: {
        type: 'string',
        value: '<url>',
        help: "JSON-RPC address of a node; without it the bundle's copy of the log is used",
      },
      contract: { type: 'string', value: '<address>', help: 'address of the Ledger contract' },
      json: { type: 'boolean', help: 'print rows, totals and findings as JSON' },
      csv: { type: 'boolean', help: 'print the rows as CSV, for spreadsheets' },
    },
    examples: [
      'consilium audit participation evidence.car',
      'consilium audit participation evidence.car --rpc http://127.0.0.1:8545 --contract 0x… --csv > participation.csv',
    ],
  },
  async run(values, positionals) {
    const [path] = positionals;
    if (path === undefined || positionals.length > 1) throw usageError('name one bundle; see --help');
    if (values.json === true && values.csv === true) throw usageError('give --json or --csv, not both');
    const connection = await connectIfAsked(values);
    try {
      const bundle = await openBundle(path);
      try {
        const table = await tabulateParticipation(bundle, connection);
        if (values.json === true) process.stdout.write(`${JSON.stringify(table)}\n`);
        else if (values.csv === true) process.stdout.write(toCsv(table));
        else process.stdout.write(describeParticipation(table));
        if (values.csv === true && table.findings.length > 0) {
          process.stderr.write(`${describeFindings(table.findings, [])}\n`);
        }
        return table.findings.length === 0 ? EXIT_OK : EXIT_FINDINGS;
      } finally {
        await bundle.close();
      }
    } finally {
      connection?.close();
    }
  },
};

const COLUMNS = [
  'round',
  'position',
  'member',
  'account',
  'part',
  'entry',
  'registered',
  'joined',
  'expected',
  'signed',
  'contributed',
  'late',
  'missed',
  'withdrawn',
  'excluded',
] as const;

function toCsv({ rows }: ParticipationTable): string {
  return formatCsv(
    COLUMNS,
    rows.map((row) => COLUMNS.map((column) => row[column])),
  );
}
