import { tabulateParticipation } from '../../audit/participation-table.ts';
import type { Command } from '../run-command.ts';
import { CHAIN_OPTIONS } from './chain-options.ts';
import { describeParticipation } from './describe-participation.ts';
import { FORMAT_OPTIONS, printReport, requireOneForm } from './print-report.ts';
import { participationSheet } from './sheets.ts';
import { withBundle } from './with-bundle.ts';

export const auditParticipationCommand: Command = {
  spec: {
    usage: 'consilium audit participation <bundle> [options]',
    summary:
      'Who was registered, joined, expected and heard of in each round: one row a member and round, recomputed from the log, whose heads\n' +
      'are checked first. Each state names the log entry that says so. Who is registered, the chain alone can tell: give --rpc and\n' +
      '--contract for members of the consortium that never joined. Exit code 0, or 3 if the log is not what it claims to be.',
    positionals: true,
    options: {
      ...CHAIN_OPTIONS,
      ...FORMAT_OPTIONS,
    },
    examples: [
      'consilium audit participation evidence.car',
      'consilium audit participation evidence.car --rpc http://127.0.0.1:8545 --contract 0x… --csv > participation.csv',
    ],
  },
  run(values, positionals) {
    requireOneForm(values);
    return withBundle({ values, positionals }, async ({ bundle, ledger }) => {
      const table = await tabulateParticipation(bundle, ledger);
      return printReport(values, {
        json: table,
        sheet: () => participationSheet(table.rows),
        text: () => describeParticipation(table),
      });
    });
  },
};
