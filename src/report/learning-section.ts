import { figure } from './figure.ts';
import { formatNumber, formatPercent } from './format-number.ts';
import { lineChart, type ReferenceLine } from './line-chart.ts';
import { type Markup, markup } from './markup.ts';
import { mean } from './mean.ts';
import { memberLegend } from './member-legend.ts';
import type { ReportData, ReportPoint } from './report-data.ts';

type Measure = 'common' | 'heldOut';

const TEST_PARTS: Record<Measure, string> = {
  common: 'the common test part, the same examples for everybody',
  heldOut: 'its own held-out part, other examples for each member: the study has no common test part',
};

const HEIGHT = 360;

/** How accuracy and loss went from round to round. */
export function learningSection(data: ReportData): Markup {
  const hasCommon = data.members.some(({ series }) => series.some((point) => point.common !== null));
  const measure: Measure = hasCommon ? 'common' : 'heldOut';
  const references = hasCommon ? referencesOf(data) : [];
  return markup`<section id="learning"><h2>How the models learned</h2>
<p class="note">Each member's model, measured on ${TEST_PARTS[measure]}. At 0 all have the initial model; at n they have what came out of n rounds of training and mixing. A gap in a line: no figures of that round.</p>
<div class="legend">${memberLegend(data.members.map((member) => member.name))}${references.map(referenceLegend)}</div>
<div class="pair">${accuracyFigure(data, measure, references)}${lossFigure(data, measure)}</div></section>
`;
}

function accuracyFigure(data: ReportData, measure: Measure, references: readonly ReferenceLine[]): Markup {
  return figure({
    id: 'accuracy',
    heading: 'Accuracy by round',
    description:
      'Share of examples that the model gets right, in per cent: higher is better. The axis need not begin at zero.',
    drawing: lineChart({
      width: 640,
      height: HEIGHT,
      lines: linesOf(data, (point) => point[measure]?.accuracy),
      references,
      within: [0, 1],
      tickFormat: (value) => `${Number((value * 100).toFixed(2))}%`,
      valueFormat: (value) => formatPercent(value),
    }),
  });
}

function lossFigure(data: ReportData, measure: Measure): Markup {
  return figure({
    id: 'loss',
    heading: 'Loss by round',
    description: 'Mean cross-entropy in nats: lower is better.',
    drawing: lineChart({
      width: 400,
      height: HEIGHT,
      lines: linesOf(data, (point) => point[measure]?.loss),
      within: [-Infinity, Infinity],
      tickFormat: (value) => String(value),
      valueFormat: (value) => formatNumber(value, { digits: 4, unit: ' nats' }),
    }),
  });
}

function referencesOf({ members, accuracyPooled }: ReportData): ReferenceLine[] {
  const levels = [
    { name: 'mean of training alone', value: mean(members.map((member) => member.accuracyAlone)), className: 'alone' },
    { name: 'pooled: all data in one place', value: accuracyPooled, className: 'pooled' },
  ];
  return levels.flatMap((level) =>
    level.value === null || !Number.isFinite(level.value) ? [] : { ...level, value: level.value },
  );
}

function referenceLegend({ name, value, className }: ReferenceLine): Markup {
  return markup`<span><svg class="dash" viewBox="0 0 26 12" aria-hidden="true"><path class="reference ${className}" d="M0 6H26"/></svg>${name}, ${formatPercent(value)}</span>
`;
}

function linesOf({ members }: ReportData, pick: (point: ReportPoint) => number | null | undefined) {
  return members.map(({ name, series }, position) => ({
    name,
    position,
    points: series
      .toSorted((a, b) => a.round - b.round)
      .map((point) => ({ round: point.round, value: pick(point) ?? Number.NaN })),
  }));
}
