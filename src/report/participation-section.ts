import { PARTICIPATION_COUNTS, type ParticipationRow, type RoundTotals } from '../audit/participation-table.ts';
import type { RoundPart } from '../protocol/participation.ts';
import { formatNumber } from './format-number.ts';
import { type Markup, markup } from './markup.ts';
import type { MemberNames } from './member-names.ts';
import { memberChip } from './member-style.ts';
import type { ReportData } from './report-data.ts';

/** As many rounds as a page can bear; `consilium audit participation` lists all. */
const MAX_ROUNDS = 100;

/** A letter to read, a class to colour it, and what it means. */
const STATES: Readonly<Record<RoundPart, readonly [letter: string, className: string, meaning: string]>> = {
  contributed: ['C', 'there', 'contributed'],
  late: ['L', 'behind', 'contributed late: after a quorum of the others had recorded a later round'],
  missed: ['M', 'short', 'was expected and recorded nothing'],
  withdrawn: ['W', 'muted', 'had withdrawn from the study'],
  excluded: ['X', 'muted', 'was excluded: it had lost its standing in the consortium'],
  notJoined: ['·', 'muted', 'had not joined the study'],
};

/** Who was there in which round: a letter for each member and round, and how many there were of each. */
export function participationSection({ participation }: ReportData, names: MemberNames): Markup {
  const shown = participation.totals.slice(0, MAX_ROUNDS);
  const more = participation.totals.length - shown.length;
  const members = Map.groupBy(participation.rows, ({ member }) => member);
  const heads = shown.map(({ round }) => markup`<th scope="col">${round}</th>`);
  const rows = [...members].map(([member, states]) => {
    const position = states[0]?.position ?? null;
    const chip = position === null ? null : memberChip(position);
    return markup`<tr><th scope="row">${chip}<bdi>${names(member).name}</bdi></th>${states.slice(0, MAX_ROUNDS).map(stateCell)}</tr>
`;
  });
  return markup`<section id="participation"><h2>Who took part when</h2>
<p class="note">One column a round. ${legend()}. Recomputed from the study's log; hover over a letter for the log entry that says so. Registered: members of the consortium when the round began, by the Membership contract. Signed: signed records in the evidence.${more > 0 ? ` ${formatNumber(more)} later rounds are left out here.` : ''}</p>
<div class="card scroll" tabindex="0" role="region" aria-label="Participation"><table class="rounds"><thead><tr><th scope="col">Member</th>${heads}</tr></thead><tbody>${rows}</tbody>
<tfoot>${PARTICIPATION_COUNTS.map((column) => totalsRow(column, shown))}</tfoot></table></div></section>
`;
}

function stateCell({ part, entry, round, account }: ParticipationRow): Markup {
  const [letter, className, meaning] = STATES[part];
  const source = entry === null ? '' : `, by log entry ${entry}`;
  return markup`<td class="${className}" title="${`round ${round}: ${meaning}${source}; account ${account}`}">${letter}</td>`;
}

function totalsRow(column: (typeof PARTICIPATION_COUNTS)[number], totals: readonly RoundTotals[]): Markup {
  const cells = totals.map((round) => markup`<td>${formatNumber(round[column])}</td>`);
  return markup`<tr><th scope="row">${column}</th>${cells}</tr>
`;
}

const legend = (): string =>
  Object.values(STATES)
    .map(([letter, , meaning]) => `${letter}: ${meaning}`)
    .join('; ');
