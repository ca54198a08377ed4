import { checkSection } from './check-section.ts';
import { costSection } from './cost-section.ts';
import { findingsSection } from './findings-section.ts';
import { glossarySection } from './glossary-section.ts';
import { learningSection } from './learning-section.ts';
import { lineageSection } from './lineage-section.ts';
import { type Markup, markup, trustedMarkup } from './markup.ts';
import { memberNames } from './member-names.ts';
import { membersTable } from './members-table.ts';
import { pageHeader } from './page-header.ts';
import { participationSection } from './participation-section.ts';
import type { ReportData } from './report-data.ts';
import { STYLE } from './style.ts';
import { valueSection } from './value-section.ts';

/** Nothing is loaded and nothing runs: the page is text, one style sheet and drawings. */
const CONTENT_POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'";

/**
 * The report of a study as one HTML file that needs nothing else: no network, no script, no fonts. The same data give the same bytes.
 * Texts of `data` appear as text, whatever is in them; numbers that are not finite appear as “–”.
 */
export function renderReport(data: ReportData): string {
  const names = memberNames(data);
  const page = markup`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${CONTENT_POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark"><meta name="referrer" content="no-referrer">
<title>${data.title} · Consilium report</title><style>${trustedMarkup(STYLE)}</style></head>
<body><main>${pageHeader(data)}${membersSection(data)}${participationSection(data, names)}${findingsSection(data, names)}${learningSection(data)}${valueSection(data)}${lineageSection(data, names)}${costSection(data)}${checkSection()}${glossarySection()}</main></body></html>
`;
  return page.toString();
}

function membersSection(data: ReportData): Markup {
  return markup`<section id="members"><h2>The members</h2>
<p class="note">Alone: trained on the member's own data only. Federated: the member's final model. Pooled: one model on all data in one place, the reference that federated learning would like to reach. Score: see <a href="#value">what each member was worth</a>. Contributions: training records that the member signed, that the study expects, and that are on the ledger.</p>
${membersTable(data)}</section>
`;
}
