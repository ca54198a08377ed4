import type { ParticipationRow, ParticipationTable } from '../../audit/participation-table.ts';
import type { RoundPart } from '../../protocol/participation.ts';
import { formatTable } from '../format-table.ts';
import { describeFindings } from './describe-findings.ts';

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
/** Rounds that fit a terminal's width in one block. */
const ROUNDS_A_BLOCK = 20;

const TOTALS = [
  'round',
  'registered',
  'joined',
  'expected',
  'signed',
  'contributed',
  'late',
  'missed',
  'withdrawn',
  'excluded',
] as const;

/** Totals by round, and a mark for each member and round. */
export function describeParticipation(table: ParticipationTable): string {
  const { study, chainRead, totals, rows, findings } = table;
  const lines = totals.map((round) => TOTALS.map((column) => String(round[column] ?? '?')));
  return [
    `study ${study}${chainRead ? '' : ' (no chain was asked: the log is the copy in the bundle, and who is registered is not known)'}`,
    '',
    formatTable(TOTALS, lines),
    '',
    ...blocksOf(rows, totals.length).flatMap((block) => [block, '']),
    ...LEGEND,
    describeFindings(findings, []),
    '',
  ].join('\n');
}

function blocksOf(rows: readonly ParticipationRow[], rounds: number): string[] {
  const members = Map.groupBy(rows, ({ member }) => member);
  const starts = Array.from({ length: Math.ceil(rounds / ROUNDS_A_BLOCK) }, (_, block) => block * ROUNDS_A_BLOCK);
  return starts.map((start) => {
    const end = Math.min(rounds, start + ROUNDS_A_BLOCK);
    const header = ['member', ...Array.from({ length: end - start }, (_, i) => String(start + i))];
    return formatTable(
      header,
      [...members].map(([member, states]) => [member, ...states.slice(start, end).map(markOf)]),
    );
  });
}

const markOf = ({ part, signed }: ParticipationRow): string =>
  part === 'missed' && signed ? `${MARKS[part]}s` : MARKS[part];
