import { gasFigure } from './gas-figure.ts';
import { type Markup, markup } from './markup.ts';
import type { ReportData } from './report-data.ts';
import { trafficFigure } from './traffic-figure.ts';

/** What the study cost: gas on the ledger, bytes on the wire. */
export function costSection(data: ReportData): Markup {
  return markup`<section id="cost"><h2>What it cost</h2><div class="pair even">${gasFigure(data)}${trafficFigure(data)}</div></section>
`;
}
