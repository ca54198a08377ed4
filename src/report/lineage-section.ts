import { figure } from './figure.ts';
import { formatNumber } from './format-number.ts';
import { type Lineage, lineageOf } from './lineage.ts';
import { fitsLineageChart, lineageChart } from './lineage-chart.ts';
import { type Markup, markup } from './markup.ts';
import { memberLegend } from './member-legend.ts';
import type { MemberNames } from './member-names.ts';
import type { ReportData } from './report-data.ts';
import { roundMatrix } from './round-matrix.ts';
import { weightTable } from './weight-table.ts';

const LINEAGE_LEGEND = markup`<span><svg class="chip" viewBox="0 0 12 12" aria-hidden="true"><circle class="mix" cx="6" cy="6" r="4.6"/></svg>mix</span>
<span><svg class="dash" viewBox="0 0 26 12" aria-hidden="true"><path class="reference late-key" d="M0 6H26"/></svg>stale</span>
<span><svg class="chip" viewBox="0 0 12 12" aria-hidden="true"><path class="absent" d="M2 2l8 8m0 -8l-8 8"/></svg>none mixed</span>`;

/** Whose work is in whose model: a graph while one can read it, a matrix a round beyond. */
export function lineageSection(data: ReportData, names: MemberNames): Markup {
  const lineage = lineageOf(data, names);
  return markup`<section id="lineage"><h2>Where each model comes from</h2>
<p class="note">${formatNumber(lineage.mixes.length)} mixes hold ${formatNumber(lineage.edges)} weighed contributions, ${formatNumber(lineage.staleEdges)} of them stale (from an earlier round than the mix). Each mix has a recipe whose digest its member signed; from it the audit computes the mix again.</p>
${fitsLineageChart(lineage) ? graphFigure(lineage) : matrixFigures(lineage)}
<div class="card"><h3>Who learned from whom</h3><p class="note">Per cent of a member's mixes that each member's contributions make up, mean over rounds. Rows sum to 100 up to rounding.</p>${weightTable(lineage)}</div></section>
`;
}

function graphFigure(lineage: Lineage): Markup {
  return figure({
    id: 'lineage-graph',
    heading: 'Contributions and mixes, round by round',
    description:
      'A filled mark is a contribution: the model after local training. A ring is a mix: what the member went on with. A line leads from each contribution to the mix that it went into, in the colour of the contributor and as wide as its weight; dashed lines are stale contributions. Grey lines: the next contribution is trained from this mix. A cross: nobody mixed a contribution of that round. Point at a ring for its weights.',
    legend: [memberLegend(lineage.names), LINEAGE_LEGEND],
    drawing: lineageChart(lineage),
  });
}

function matrixFigures(lineage: Lineage): Markup {
  const largest = lineage.mixes.reduce((most, { sources }) => Math.max(most, sources[0]?.weight ?? 0), 0);
  const rounds = Array.from({ length: lineage.rounds }, (_, round) => {
    const { width, height, body } = roundMatrix(lineage, round, largest);
    return markup`<figure><figcaption>round ${round}</figcaption><svg class="plot" viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="round-${round}-t"><title id="round-${round}-t">Weights in the mixes of round ${round}</title>${body}</svg></figure>
`;
  });
  return markup`<div class="card"><h3>The mixes of each round</h3><p class="note">One square a round. Each row is one member's mix, each column a contributor, both in the order of the members' table; the stronger the colour, the larger the weight. An orange ring marks a stale contribution; an empty row is a member without a mix. Point at a row for its weights. (There are too many lines to draw them as a graph.)</p><div class="matrices">${rounds}</div></div>`;
}
