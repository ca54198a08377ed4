import { type MetricsRow, type MetricsTable, tabulateMetrics } from '../../audit/metrics-table.ts';
import { openBundle } from '../../audit/read-bundle.ts';
import { connectIfAsked, describeFindings } from '../audit-verify-command.ts';
import { usageError, wholeNumber } from '../command-line.ts';
import { formatCsv } from '../format-csv.ts';
import { formatTable } from '../format-table.ts';
import { type Command, EXIT_FINDINGS, EXIT_OK } from '../run-command.ts';

export const auditMetricsCommand: Command = {
  spec: {
    usage: 'consilium audit metrics <bundle> [options]',
    summary:
      'What each site said of its model: samples, accuracy, AUC, calibration and, where the study asks for it, the same by sex and age.\n' +
      'Each figure is in a document whose digest the member signed in a contribution on the ledger. Figures of fewer than 10 records are\n' +
      'never told. Without --round the last round of each member, which is that of its final model.',
    positionals: true,
    options: {
      rpc: {
        type: 'string',
        value: '<url>',
        help: "JSON-RPC address of a node; without it the bundle's copy of the log is used",
      },
      contract: { type: 'string', value: '<address>', help: 'address of the Ledger contract' },
      round: { type: 'string', value: '<n>', help: 'figures of the models that this round began from' },
      json: { type: 'boolean', help: 'print all rounds and the findings as JSON' },
      csv: { type: 'boolean', help: 'print all rounds as CSV, for spreadsheets' },
    },
    examples: ['consilium audit metrics evidence.car', 'consilium audit metrics evidence.car --csv > metrics.csv'],
  },
  async run(values, positionals) {
    const [path] = positionals;
    if (path === undefined || positionals.length > 1) throw usageError('name one bundle; see --help');
    if (values.json === true && values.csv === true) throw usageError('give --json or --csv, not both');
    const round = values.round === undefined ? null : wholeNumber(values, 'round', { min: 0, max: 100_000 });
    const connection = await connectIfAsked(values);
    try {
      const bundle = await openBundle(path);
      try {
        const all = await tabulateMetrics(bundle, connection);
        const table = round === null ? all : { ...all, rows: all.rows.filter((row) => row.round === round) };
        if (values.json === true) process.stdout.write(`${JSON.stringify(table)}\n`);
        else if (values.csv === true) process.stdout.write(toCsv(table));
        else process.stdout.write(describe(table, round === null));
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
  'member',
  'part',
  'by',
  'group',
  'samples',
  'loss',
  'accuracy',
  'auc',
  'calibrationError',
  'brier',
] as const satisfies readonly (keyof MetricsRow)[];

function toCsv({ rows }: MetricsTable): string {
  return formatCsv(
    COLUMNS,
    rows.map((row) => COLUMNS.map((column) => row[column])),
  );
}

function describe({ study, chainRead, rows, findings }: MetricsTable, isLastOnly: boolean): string {
  const last = new Map(rows.map(({ member, round }) => [member, round]));
  const shown = isLastOnly ? rows.filter(({ member, round }) => last.get(member) === round) : rows;
  const told = shown.filter(({ samples }) => samples !== null);
  const lines = told.map((row) => [
    row.member,
    String(row.round),
    row.part === 'common' ? 'common' : 'held out',
    row.group === null ? 'all' : `${row.by} ${row.group}`,
    String(row.samples),
    ...[row.accuracy, row.auc, row.calibrationError, row.brier].map((figure) => figure?.toFixed(3) ?? '–'),
  ]);
  const header = ['member', 'round', 'part', 'group', 'samples', 'accuracy', 'AUC', 'calibration error', 'Brier'];
  return [
    `study ${study}${chainRead ? '' : ' (no chain was asked: the log is the copy in the bundle)'}`,
    '',
    formatTable(header, lines),
    '',
    `${shown.length - told.length} groups are not told of: they have fewer than 10 records, or would tell how many such a group has`,
    describeFindings(findings, []),
    '',
  ].join('\n');
}
