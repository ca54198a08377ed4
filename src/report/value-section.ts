import { barChart } from './bar-chart.ts';
import { creditTable } from './credit-table.ts';
import { figure } from './figure.ts';
import { formatMillinats } from './format-number.ts';
import { type Markup, markup } from './markup.ts';
import { memberChip, memberColour } from './member-style.ts';
import type { ReportData, ReportMember } from './report-data.ts';
import { type RoundValue, roundValuesChart, VALUE_TICKS } from './round-values-chart.ts';
import { type Interval, niceDomain } from './scale.ts';

/** Who was worth how much to the others. */
export function valueSection(data: ReportData): Markup {
  return markup`<section id="value"><h2>What each member was worth to the others</h2>
<p class="note">Each member measures by how much the training behind the contributions in its mix lowers the loss on its own held-out part, and shares that out among them. A member's score of a round is the median of what the <em>other</em> members report for it, its own report left out, where at least three did; the score of the study is the sum over the rounds. The ledger holds scores as whole millionths of a nat; here they are in thousandths: millinats.</p>
${totalFigure(data)}
${tracedFigures(data)}
${data.scoresByRound.length === 0 ? markup`<p>No round was valued.</p>` : roundFigures(data)}</section>
`;
}

function totalFigure({ members }: ReportData): Markup {
  return scoreFigure(members, {
    id: 'value-total',
    heading: 'Score of the study, by member',
    description:
      'Millinats of loss taken away on the other members’ held-out data, over all rounds. At the zero line a member made no difference; to the right of it the member’s work helped the others, to the left it harmed them.',
    microsOf: ({ scoreMicros }) => scoreMicros,
  });
}

/** Credit traced to the final models; nothing where it is not known of anybody. */
function tracedFigures({ members }: ReportData): Markup | null {
  if (members.every(({ tracedMicros }) => tracedMicros === null)) return null;
  const totals = scoreFigure(members, {
    id: 'value-traced',
    heading: 'Traced score, by member',
    description:
      'Millinats of loss that a member’s training took away in the final models, mean over them: what the others report of it is followed through all mixes, by weight. So credit goes to who trained, also far away, and not to who handed on what others had trained. Nobody’s report about itself counts.',
    microsOf: ({ tracedMicros }) => tracedMicros,
  });
  return markup`${totals}
<div class="card"><h3>What each final model owes to whom</h3><p class="note">Traced millinats. A row is one member’s final model; the mean of the rows is the traced score.</p>${creditTable(members)}</div>`;
}

interface ScoreFigure {
  readonly id: string;
  readonly heading: string;
  readonly description: string;
  readonly microsOf: (member: ReportMember) => number | null;
}

function scoreFigure(members: readonly ReportMember[], { id, heading, description, microsOf }: ScoreFigure): Markup {
  return figure({
    id,
    className: 'side',
    heading,
    description,
    drawing: barChart({
      width: 600,
      bars: members.map((member, position) => ({
        label: member.name,
        value: (microsOf(member) ?? Number.NaN) / 1000,
        text: formatMillinats(microsOf(member)),
        className: memberColour(position),
      })),
      tickFormat: (value) => String(value),
      sides: ['← harmed others', 'helped others →'],
      axisTitle: 'score, millinats',
    }),
  });
}

function roundFigures({ members, scoresByRound }: ReportData): Markup {
  const byMember = members.map((member) => roundValuesOf(member, scoresByRound));
  const values = byMember.flat();
  const domain = niceDomain(
    values.map(({ value }) => value),
    { count: VALUE_TICKS, includeZero: true },
  );
  const numbers = scoresByRound.map(({ round }) => round);
  const rounds: Interval = [Math.min(...numbers), Math.max(...numbers)];
  const charts = members.map(({ name }, position) =>
    roundFigure({ name, position, values: byMember[position] ?? [], domain, rounds }),
  );
  return markup`<div class="card"><h3>Score of each round, by member</h3><p class="note">Millinats, by the round whose contributions were valued, on one scale for all members. A bar below zero: in that round the contribution made the others’ models worse. No bar: valued by fewer than three others, or exactly zero.</p><div class="multiples">${charts}</div></div>`;
}

interface RoundFigure {
  readonly name: string;
  readonly position: number;
  readonly values: readonly RoundValue[];
  readonly domain: Interval;
  readonly rounds: Interval;
}

function roundFigure({ name, position, values, domain, rounds }: RoundFigure): Markup {
  const { width, height, body } = roundValuesChart({
    values,
    domain,
    rounds,
    format: (value) => formatMillinats(value * 1000, ' millinats'),
    tickFormat: (value) => String(value),
  });
  return markup`<figure class="${memberColour(position)}"><figcaption title="${name}">${memberChip(position)}<bdi>${name}</bdi></figcaption><svg class="plot" viewBox="0 0 ${width} ${height}" style="--units:${width}" role="img" aria-labelledby="value-${position}-t"><title id="value-${position}-t">Score of each round of ${name}, millinats</title>
${body}</svg></figure>
`;
}

function roundValuesOf({ address }: ReportMember, scoresByRound: ReportData['scoresByRound']): RoundValue[] {
  return scoresByRound.flatMap(({ round, scores }) => {
    const score = scores[address];
    return typeof score === 'number' ? { round, value: score / 1000 } : [];
  });
}
