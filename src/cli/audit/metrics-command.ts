import { type MetricsTable, tabulateMetrics } from '../../audit/metrics-table.ts';
import { wholeNumber } from '../command-line.ts';
import { formatTable } from '../format-table.ts';
import type { Command } from '../run-command.ts';
import { CHAIN_OPTIONS } from './chain-options.ts';
import { describeFindings } from './describe-findings.ts';
import { FORMAT_OPTIONS, printReport, requireOneForm } from './print-report.ts';
import { metricsSheet } from './sheets.ts';
import { withBundle } from './with-bundle.ts';

export const auditMetricsCommand: Command = {
  spec: {
    usage: 'consilium audit metrics <bundle> [options]',
    summary:
      'What each site said of its model: samples, accuracy, AUC, calibration and, where the study asks for it, the same by sex and age.\n' +
      'Each figure is in a document whose digest the member signed in a contribution on the ledger. Figures of fewer than 10 records are\n' +
      'never told. Without --round the last round of each member, which is that of its final model.',
    positionals: true,
    options: {
      ...CHAIN_OPTIONS,
      round: { type: 'string', value: '<n>', help: 'figures of the models that this round began from' },
      ...FORMAT_OPTIONS,
    },
    examples: ['consilium audit metrics evidence.car', 'consilium audit metrics evidence.car --csv > metrics.csv'],
  },
  run(values, positionals) {
    requireOneForm(values);
    const round = values.round === undefined ? null : wholeNumber(values, 'round', { min: 0, max: 100_000 });
    return withBundle({ values, positionals }, async ({ bundle, ledger }) => {
      const all = await tabulateMetrics(bundle, ledger);
      const table = round === null ? all : { ...all, rows: all.rows.filter((row) => row.round === round) };
      return printReport(values, {
        json: table,
        sheet: () => metricsSheet(table.rows),
        text: () => describe(table, round === null),
      });
    });
  },
};

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
