import type { AuditedMember, AuditPart, AuditReport } from '../../audit/audit-study.ts';
import { WHY_RANKS_DIFFER } from '../../audit/why-ranks-differ.ts';
import { formatTable } from '../format-table.ts';
import { describeFindings } from './describe-findings.ts';
import { describeSource } from './describe-source.ts';
import { inNats } from './in-nats.ts';

const UNCHECKED: Readonly<Record<AuditPart, string>> = {
  records: 'the signed records',
  mixes: 'what is in the mixes, which were not repeated',
  'altered-copies': 'whether updates are altered copies of others; only equal ones were looked for',
};

/** What an audit found, as people read it. */
export function describeReport(report: AuditReport): string {
  const rows = report.members.map((member) => [
    member.address,
    String(member.samples),
    inNats(member.scoreMicros),
    describeRank(member.rank),
    inNats(member.tracedMicros),
    member.agreement?.toFixed(2) ?? '–',
    `${member.signed}/${member.expected}/${member.anchored}/${member.late}`,
  ]);
  const { records } = report;
  return [
    describeSource(report),
    '',
    formatTable(
      ['member', 'samples', 'score', 'rank (from–to)', 'traced', 'agreement', 'signed/expected/anchored/late'],
      rows,
    ),
    ...(report.members.some(({ scoreMicros }) => scoreMicros === null)
      ? ['no score: in no round did at least three others score the member']
      : []),
    ...(report.members.some(({ rank }) => rank !== null) ? [WHY_RANKS_DIFFER] : []),
    '',
    `${records.anchored} contributions and ${records.valuations} valuations on the ledger, ${records.mixesReplayed} mixes replayed`,
    describeFindings(report.findings, report.notices),
    ...(report.unchecked.length === 0
      ? []
      : [`NOT CHECKED: ${report.unchecked.map((part) => UNCHECKED[part]).join('; ')}`]),
    '',
  ].join('\n');
}

const describeRank = (rank: AuditedMember['rank']): string =>
  rank === null ? '–' : `${rank.rank} (${rank.best}–${rank.worst})`;
