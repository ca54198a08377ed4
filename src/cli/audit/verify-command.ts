import { auditStudy } from '../../audit/audit-study.ts';
import { type Command, EXIT_FINDINGS, EXIT_OK } from '../run-command.ts';
import { showProgress } from '../show-progress.ts';
import { CHAIN_OPTIONS } from './chain-options.ts';
import { describeReport } from './describe-report.ts';
import { withBundle } from './with-bundle.ts';

export const auditVerifyCommand: Command = {
  spec: {
    usage: 'consilium audit verify <bundle> [options]',
    summary:
      'Verifies a study from its evidence bundle and the ledger: signatures, sequence and head hash, one record a member and round,\n' +
      'Merkle roots, commitments, seeded pull choices, and every mix repeated bit for bit. Exit code 0 without findings, 3 with.',
    positionals: true,
    options: {
      ...CHAIN_OPTIONS,
      'no-replay': { type: 'boolean', help: 'check records and log only: fast, and blind to what is in the mixes' },
      json: { type: 'boolean', help: 'print the report as JSON' },
    },
    examples: ['consilium audit verify evidence.car --rpc http://127.0.0.1:8545 --contract 0x…'],
  },
  run: (values, positionals) =>
    withBundle({ values, positionals }, async ({ bundle, ledger }) => {
      const replay = values['no-replay'] !== true;
      const report = await auditStudy(bundle, { ledger, replay, onProgress: showProgress('replaying mix', values) });
      process.stdout.write(values.json === true ? `${JSON.stringify(report)}\n` : describeReport(report));
      return report.findings.length === 0 ? EXIT_OK : EXIT_FINDINGS;
    }),
};
