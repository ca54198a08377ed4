import { auditStudy } from '../../audit/audit-study.ts';
import { openBundle } from '../../audit/read-bundle.ts';
import { type Command, EXIT_FINDINGS, EXIT_OK } from '../run-command.ts';
import { showProgress } from '../show-progress.ts';
import { CHAIN_OPTIONS } from './chain-options.ts';
import { describeReport } from './describe-report.ts';
import { verifyLedgerOnly } from './verify-ledger-only.ts';
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
      'no-replay': {
        type: 'boolean',
        help: 'check records and log only: fast, blind to what is in the mixes and to copied updates that were altered',
      },
      'ledger-only': {
        type: 'boolean',
        help: "stream the bundle's own log, records and signed heads, offline: for logs of any length",
      },
      predecessor: {
        type: 'string',
        value: '<bundle>',
        help: 'bundle of the study that this one continues, to see that it begins clean',
      },
      json: { type: 'boolean', help: 'print the report as JSON' },
    },
    examples: [
      'consilium audit verify evidence.car --ledger-only',
      'consilium audit verify evidence.car --rpc http://127.0.0.1:8545 --contract 0x…',
    ],
  },
  run: async (values, positionals) => {
    if (values['ledger-only'] === true) return verifyLedgerOnly(values, positionals);
    return withBundle({ values, positionals }, async ({ bundle, ledger }) => {
      const options = {
        ledger,
        replay: values['no-replay'] !== true,
        onProgress: showProgress('replaying mix', values),
      };
      const predecessor = typeof values.predecessor === 'string' ? await openBundle(values.predecessor) : undefined;
      const report = await auditStudy(bundle, { ...options, predecessor });
      await predecessor?.close();
      process.stdout.write(values.json === true ? `${JSON.stringify(report)}\n` : describeReport(report));
      return report.findings.length === 0 ? EXIT_OK : EXIT_FINDINGS;
    });
  },
};
