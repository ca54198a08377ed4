import { barChart } from './bar-chart.ts';
import { figure } from './figure.ts';
import { formatBytes } from './format-number.ts';
import { type Markup, markup } from './markup.ts';
import { memberChip, memberColour } from './member-style.ts';
import type { ReportData, ReportMember } from './report-data.ts';

/** What went over the network, by member. */
export function trafficFigure({ members }: ReportData): Markup {
  return figure({
    id: 'traffic',
    heading: 'Bytes by member',
    description:
      'What each member received from and sent to the others over the whole run: models, records and signatures; examples do not travel. Bars: received and sent together.',
    drawing: barChart({
      width: 520,
      bars: members.map(({ name, bytesIn, bytesOut }, position) => ({
        label: name,
        value: bytesIn + bytesOut,
        text: formatBytes(bytesIn + bytesOut),
        className: memberColour(position),
      })),
      tickFormat: (value) => formatBytes(value).replace('.0', ''),
      axisTitle: 'bytes received and sent',
    }),
    after: trafficTable(members),
  });
}

function trafficTable(members: readonly ReportMember[]): Markup {
  const sum = (pick: (member: ReportMember) => number): string =>
    formatBytes(members.reduce((total, member) => total + pick(member), 0));
  return markup`<table><thead><tr><th scope="col">Member</th><th scope="col">Received</th><th scope="col">Sent</th></tr></thead><tbody>${members.map(trafficRow)}</tbody><tfoot><tr><th scope="row">All</th><td>${sum((m) => m.bytesIn)}</td><td>${sum((m) => m.bytesOut)}</td></tr></tfoot></table>`;
}

function trafficRow({ name, bytesIn, bytesOut }: ReportMember, position: number): Markup {
  return markup`<tr><th scope="row">${memberChip(position)}<bdi>${name}</bdi></th><td>${formatBytes(bytesIn)}</td><td>${formatBytes(bytesOut)}</td></tr>
`;
}
