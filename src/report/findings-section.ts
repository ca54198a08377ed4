import type { Place } from '../audit/finding.ts';
import { formatNumber } from './format-number.ts';
import { type Markup, markup } from './markup.ts';
import type { MemberNames } from './member-names.ts';
import type { ReportData } from './report-data.ts';

/** As many rows as a page can bear; the audit command lists all. */
const MAX_ROWS = 300;

/** What the audit found, and what an auditor should know besides. */
export function findingsSection({ findings, notices }: ReportData, names: MemberNames): Markup {
  const found = findings.map(({ code, message, ...place }) => [markup`<code>${code}</code>`, place, message] as const);
  const noted = notices.map(({ message, ...place }) => [null, place, message] as const);
  return markup`<section id="findings"><h2>Findings and notices</h2>
<p class="note">A finding is a rule that the evidence breaks. A notice breaks no rule: a member was away, a contribution came late.</p>
<div class="card"><h3>Findings: ${counted(findings.length)}</h3>${placesTable(found, names, 'findings')}
<h3>Notices: ${counted(notices.length)}</h3>${placesTable(noted, names, 'notices')}</div></section>
`;
}

function counted(count: number): string {
  return count === 0 ? 'none' : formatNumber(count);
}

type Row = readonly [code: Markup | null, place: Place, message: string];

function placesTable(rows: readonly Row[], names: MemberNames, className: string): Markup | null {
  if (rows.length === 0) return null;
  const shown = rows.slice(0, MAX_ROWS).map(
    ([
      code,
      place,
      message,
    ]) => markup`<tr><td>${code === null ? null : markup`${code}<br>`}${message}</td><td>${describePlace(place, names)}</td></tr>
`,
  );
  const more = rows.length - shown.length;
  return markup`<table class="places ${className}"><thead><tr><th scope="col">What</th><th scope="col">Where</th></tr></thead><tbody>${shown}</tbody></table>${more > 0 ? markup`<p>… and ${formatNumber(more)} more, which the audit command lists.</p>` : null}`;
}

function describePlace({ member, round, segment, sequence }: Place, names: MemberNames): string {
  const parts = [
    member === undefined ? null : names(member).name,
    round === undefined ? null : `round ${formatNumber(round)}`,
    segment === undefined ? null : `segment ${formatNumber(segment)}`,
    sequence === undefined ? null : `log entry ${formatNumber(sequence)}`,
  ];
  return parts.filter((part) => part !== null).join(', ') || 'the study';
}
