import type { MetricsRow } from '../../../audit/metrics-table.ts';
import type { MemberRow } from '../../auditor/audit-view.ts';
import type { LineSeries } from '../charts/line-chart.tsx';

/** How a figure of each member's model went, by round. @param nameOf what the member is called */
export function metricSeries(
  members: readonly MemberRow[],
  rows: readonly MetricsRow[],
  measure: 'accuracy' | 'loss',
  nameOf: (member: MemberRow) => string,
): LineSeries[] {
  return members.map((member) => ({
    name: nameOf(member),
    position: member.position,
    points: rows
      .filter((row) => member.accounts.includes(row.member))
      .map((row) => ({ x: row.round, y: row[measure] })),
  }));
}

/** Members who mixed everybody's work have one model; as many lines on top of each other would look like one member's. */
export function mergeEqual(series: readonly LineSeries[]): readonly LineSeries[] {
  const [first] = series;
  if (first === undefined || series.length < 2) return series;
  const [wanted, ...others] = series.map(({ points }) => JSON.stringify(points));
  return others.every((points) => points === wanted)
    ? [{ ...first, name: 'every member: all have the same model' }]
    : series;
}
