import { type AuditReport, auditStudy } from '../../audit/audit-study.ts';
import { formatTable } from '../format-table.ts';
import { type Command, EXIT_FINDINGS, EXIT_OK } from '../run-command.ts';
import { showProgress } from '../show-progress.ts';
import { CHAIN_OPTIONS } from './chain-options.ts';
import { describeFindings } from './describe-findings.ts';
import { describeSource } from './describe-source.ts';
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

function describeReport(report: AuditReport): string {
  const rows = report.members.map((member) => [
    member.address,
    String(member.samples),
    inNats(member.scoreMicros),
    inNats(member.tracedMicros),
    member.agreement?.toFixed(2) ?? '–',
    `${member.signed}/${member.expected}/${member.anchored}/${member.late}`,
  ]);
  const { records } = report;
  return [
    describeSource(report),
    '',
    formatTable(['member', 'samples', 'score', 'traced', 'agreement', 'signed/expected/anchored/late'], rows),
    ...(report.members.some(({ scoreMicros }) => scoreMicros === null)
      ? ['no score: in no round did at least three others score the member']
      : []),
    '',
    `${records.anchored} contributions and ${records.valuations} valuations on the ledger, ${records.mixesReplayed} mixes replayed`,
    describeFindings(report.findings, report.notices),
    '',
  ].join('\n');
}

const inNats = (micros: number | null): string => (micros === null ? '–' : (micros / 1e6).toFixed(4));
