import {
  PARTICIPATION_COUNTS,
  type ParticipationRow,
  type ParticipationTable,
} from '../../audit/participation-table.ts';
import type { RoundPart } from '../../protocol/participation.ts';
import { formatTable } from '../format-table.ts';
import { describeFindings } from './describe-findings.ts';
import { formatRounds } from './format-rounds.ts';

const MARKS: Readonly<Record<RoundPart, string>> = {
  contributed: 'C',
  late: 'L',
  missed: 'M',
  withdrawn: 'W',
  excluded: 'X',
  notJoined: '.',
};
const LEGEND = [
  'C contributed, L contributed late, M expected and missed, W withdrawn, X excluded, . not joined yet or never; s after M: signed, and',
  'not on the ledger. registered: from the Membership contract, when the round began; signed: from the bundle; all else: from the log.',
];

const COLUMNS = ['round', ...PARTICIPATION_COUNTS] as const;

/** Totals by round, and a mark for each member and round. */
export function describeParticipation(table: ParticipationTable): string {
  const { study, chainRead, totals, rows, findings } = table;
  const members = Map.groupBy(rows, ({ member }) => member);
  const lines = totals.map((round) => COLUMNS.map((column) => String(round[column] ?? '?')));
  return [
    `study ${study}${chainRead ? '' : ' (no chain was asked: the log is the copy in the bundle, and who is registered is not known)'}`,
    '',
    formatTable(COLUMNS, lines),
    '',
    formatRounds(new Map([...members].map(([member, states]) => [member, states.map(markOf)]))),
    '',
    ...LEGEND,
    describeFindings(findings, []),
    '',
  ].join('\n');
}

const markOf = ({ part, signed }: ParticipationRow): string =>
  part === 'missed' && signed ? `${MARKS[part]}s` : MARKS[part];
