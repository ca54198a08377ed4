import { type AuditReport, auditStudy } from '../audit/audit-study.ts';
import type { Finding, Notice } from '../audit/finding.ts';
import { openBundle } from '../audit/read-bundle.ts';
import { connectLedger, type LedgerConnection } from '../ledger/ethers-ledger.ts';
import { address, type OptionValues, required, usageError } from './command-line.ts';
import { formatTable } from './format-table.ts';
import { type Command, EXIT_FINDINGS, EXIT_OK } from './run-command.ts';

export const auditVerifyCommand: Command = {
  spec: {
    usage: 'consilium audit verify <bundle> --rpc <url> --contract <address> [options]',
    summary:
      'Verifies a study from its evidence bundle and the ledger: signatures, sequence and head hash, one record a member and round,\n' +
      'Merkle roots, commitments, seeded pull choices, and every mix repeated bit for bit. Exit code 0 without findings, 3 with.',
    positionals: true,
    options: {
      rpc: {
        type: 'string',
        value: '<url>',
        help: "JSON-RPC address of a node; without it the bundle's copy of the log is audited",
      },
      contract: { type: 'string', value: '<address>', help: 'address of the Ledger contract' },
      json: { type: 'boolean', help: 'print the report as JSON' },
    },
    examples: ['consilium audit verify evidence.car --rpc http://127.0.0.1:8545 --contract 0x…'],
  },
  async run(values, positionals) {
    const [path] = positionals;
    if (path === undefined || positionals.length > 1) throw usageError('name one bundle; see --help');
    const connection = await connectIfAsked(values);
    try {
      const bundle = await openBundle(path);
      try {
        const report = await auditStudy(bundle, { ledger: connection, onProgress: showProgress(values.json === true) });
        process.stdout.write(values.json === true ? `${JSON.stringify(report)}\n` : describeReport(report));
        return report.findings.length === 0 ? EXIT_OK : EXIT_FINDINGS;
      } finally {
        await bundle.close();
      }
    } finally {
      connection?.close();
    }
  },
};

/** The chain that the options name; null if they name none. @throws ConsiliumError `cli/usage`; LedgerError */
export async function connectIfAsked(values: OptionValues): Promise<LedgerConnection | null> {
  if (values.rpc === undefined && values.contract === undefined) return null;
  return connectLedger({ rpcUrl: required(values, 'rpc'), contract: address(values, 'contract') });
}

/** Progress goes to the terminal only, and never into what a machine reads. */
function showProgress(quiet: boolean): (done: number, total: number) => void {
  if (quiet || !process.stderr.isTTY) return () => {};
  return (done, total) => void process.stderr.write(`\rreplaying mix ${done} of ${total}${done === total ? '\n' : ''}`);
}

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
    `study ${report.study}`,
    `ledger ${report.contract} on chain ${report.chainId}${report.chainRead ? '' : ' (not asked: the log is the copy in the bundle)'}`,
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

/** Findings and notices, a line each. */
export function describeFindings(findings: readonly Finding[], notices: readonly Notice[]): string {
  const place = ({ member, round, segment, sequence }: Notice): string =>
    [
      member === undefined ? '' : `member ${member}`,
      round === undefined ? '' : `round ${round}`,
      segment === undefined ? '' : `segment ${segment}`,
      sequence === undefined ? '' : `entry ${sequence}`,
    ]
      .filter((part) => part !== '')
      .join(', ');
  return [
    ...notices.map((notice) => `notice: ${place(notice)}: ${notice.message}`),
    ...findings.map(
      (finding) => `FINDING ${finding.code}: ${place(finding)}${place(finding) === '' ? '' : ': '}${finding.message}`,
    ),
    findings.length === 0 ? 'no findings' : `${findings.length} findings`,
  ].join('\n');
}
