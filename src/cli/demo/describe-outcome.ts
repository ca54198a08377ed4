import { describeFindings } from '../audit/describe-findings.ts';
import { formatTable } from '../format-table.ts';
import type { MemberResult } from './member-results.ts';
import { percent } from './progress-view.ts';
import type { DemoOutcome } from './run-demo.ts';
import { updateSize } from './update-size.ts';

/** The last line of `demo --json`. */
export function finishedEvent(outcome: DemoOutcome, members: readonly MemberResult[]): object {
  const { report, run, reference } = outcome;
  return {
    event: 'demo.finished',
    peers: members.length,
    rounds: run.manifest.rounds,
    update: updateSize(run.manifest, run.parameterCount),
    findings: report.findings,
    notices: report.notices,
    records: report.records,
    members,
    accuracyPooled: reference.pooled?.accuracy ?? null,
    aucPooled: reference.pooled?.auc ?? null,
    durationSeconds: Math.round(outcome.durationSeconds),
    report: run.folder.report,
    bundle: outcome.bundle,
  };
}

/** The result for people: the members' table, what was recorded, the findings, and where things are. */
export function describeOutcome(outcome: DemoOutcome, members: readonly MemberResult[]): string {
  const { report, run, bundle } = outcome;
  const { records } = report;
  return [
    '',
    membersTable(outcome, members),
    '',
    `${records.anchored} contributions, ${records.closings} closing records and ${records.valuations} valuations on the ledger; ` +
      `${records.mixesReplayed} mixes replayed bit for bit`,
    describeFindings(report.findings, report.notices),
    '',
    `report    ${run.folder.report}`,
    `evidence  ${bundle}`,
    `took      ${outcome.durationSeconds.toFixed(0)} s`,
    '',
  ].join('\n');
}

function membersTable({ reference, run }: DemoOutcome, members: readonly MemberResult[]): string {
  const pooled = percent(reference.pooled?.accuracy ?? null);
  const decimal = (value: number | null): string => (value === null ? '–' : value.toFixed(3));
  const isPrivate = run.manifest.privacy.unit !== 'none';
  const rows = members.map((member) => [
    `${member.name} ${member.address.slice(0, 8)}…${member.killed ? ' (killed)' : ''}`,
    String(member.samples),
    percent(member.accuracyAlone),
    percent(member.accuracyFederated),
    pooled,
    decimal(member.aucFederated),
    member.score?.toFixed(4) ?? '–',
    member.traced?.toFixed(4) ?? '–',
    ...(isPrivate ? [member.epsilon.toFixed(3)] : []),
    `${member.signed}/${member.expected}/${member.anchored}/${member.late}`,
  ]);
  const mean = (values: readonly (number | null)[]): number | null => {
    const known = values.filter((value) => value !== null);
    return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) / known.length;
  };
  const means = [
    'mean',
    '',
    percent(mean(members.map((member) => member.accuracyAlone))),
    percent(mean(members.map((member) => member.accuracyFederated))),
    pooled,
    decimal(mean(members.map((member) => member.aucFederated))),
    ...(isPrivate ? [''] : []),
    '',
    '',
    '',
  ];
  const header = [
    'member',
    'samples',
    'alone',
    'federated',
    'pooled',
    'AUC',
    'score',
    'traced',
    ...(isPrivate ? ['ε'] : []),
    'signed/expected/anchored/late',
  ];
  return formatTable(header, [...rows, means]);
}
