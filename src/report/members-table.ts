import { formatMillinats, formatNumber, formatPercent } from './format-number.ts';
import { type Markup, markup } from './markup.ts';
import { mean } from './mean.ts';
import { memberChip } from './member-style.ts';
import type { ReportData, ReportMember } from './report-data.ts';
import { shortenHex } from './shorten.ts';

/** One row a member, and the means of all. */
export function membersTable(data: ReportData): Markup {
  return markup`<div class="card scroll" tabindex="0" role="region" aria-label="Members"><table class="members">
<thead><tr><th rowspan="2" scope="col">Member</th><th rowspan="2" scope="col">Samples</th><th colspan="3" scope="colgroup">Accuracy</th><th colspan="2" scope="colgroup">AUC</th><th colspan="2" scope="colgroup">Score, millinats</th><th colspan="4" scope="colgroup">Contributions</th></tr>
<tr><th scope="col">alone</th><th scope="col">federated</th><th scope="col">pooled</th><th scope="col">federated</th><th scope="col">pooled</th><th scope="col">median</th><th scope="col">traced</th><th scope="col">signed</th><th scope="col">expected</th><th scope="col">anchored</th><th scope="col" title="Recorded after a quorum of the others had recorded a later round: mixed late, with less weight">late</th></tr></thead>
<tbody>${data.members.map((member, position) => memberRow(member, position, data))}</tbody>
<tfoot>${meansRow(data)}</tfoot></table></div>`;
}

function memberRow(member: ReportMember, position: number, { accuracyPooled, aucPooled }: ReportData): Markup {
  const killed = member.killed
    ? markup` <span class="badge" title="The run killed this member's process on purpose, to show that the others go on">killed</span>`
    : null;
  const short = (count: number): string => (count < member.expected ? 'short' : '');
  return markup`<tr><th scope="row">${memberChip(position)}<bdi>${member.name}</bdi>${killed}<small><code title="${member.address}">${shortenHex(member.address)}</code></small></th>
<td>${formatNumber(member.samples)}</td><td>${formatPercent(member.accuracyAlone)}</td><td class="main">${formatPercent(member.accuracyFederated)}</td><td class="muted">${formatPercent(accuracyPooled)}</td><td>${formatAuc(member.aucFederated)}</td><td class="muted">${formatAuc(aucPooled)}</td><td class="main">${formatMillinats(member.scoreMicros)}</td><td>${formatMillinats(member.tracedMicros)}</td><td class="${short(member.signed)}">${formatNumber(member.signed)}</td><td>${formatNumber(member.expected)}</td><td class="${short(member.anchored)}">${formatNumber(member.anchored)}</td><td>${formatNumber(member.late)}</td></tr>
`;
}

function meansRow({ members, accuracyPooled, aucPooled }: ReportData): Markup {
  const of = (pick: (member: ReportMember) => number | null): number | null => mean(members.map(pick));
  const count = (pick: (member: ReportMember) => number): string => formatMean(of(pick));
  return markup`<tr><th scope="row">Mean</th><td>${formatNumber(of((m) => m.samples))}</td><td>${formatPercent(of((m) => m.accuracyAlone))}</td><td class="main">${formatPercent(of((m) => m.accuracyFederated))}</td><td class="muted">${formatPercent(accuracyPooled)}</td><td>${formatAuc(of((m) => m.aucFederated))}</td><td class="muted">${formatAuc(aucPooled)}</td><td class="main">${formatMillinats(of((m) => m.scoreMicros))}</td><td>${formatMillinats(of((m) => m.tracedMicros))}</td><td>${count((m) => m.signed)}</td><td>${count((m) => m.expected)}</td><td>${count((m) => m.anchored)}</td><td>${count((m) => m.late)}</td></tr>`;
}

/** Counts: whole numbers as such, others to a tenth. */
function formatMean(count: number | null): string {
  return formatNumber(count, { digits: Number.isInteger(count) ? 0 : 1 });
}

function formatAuc(auc: number | null): string {
  return formatNumber(auc, { digits: 3 });
}
