import { barChart } from './bar-chart.ts';
import { figure } from './figure.ts';
import { formatNumber } from './format-number.ts';
import { type Markup, markup } from './markup.ts';
import type { ReportData } from './report-data.ts';

interface KindOfGas {
  readonly kind: string;
  readonly count: number;
  readonly total: number;
}

/** What the ledger charged, by kind of record. */
export function gasFigure({ gas }: ReportData): Markup {
  const kinds = kindsOf(gas);
  return figure({
    id: 'gas',
    heading: 'Gas by kind of record',
    description:
      'Gas is what a chain charges for: it measures computing and storage, whatever the price of the day. Bars: total of all transactions of a kind.',
    drawing: barChart({
      width: 520,
      bars: kinds.map(({ kind, total }) => ({
        label: kind,
        value: total,
        text: formatNumber(total),
        className: 'plain',
      })),
      tickFormat: formatThousands,
      axisTitle: 'gas',
    }),
    after: gasTable(kinds),
  });
}

/** Largest total first. */
function kindsOf(gas: ReportData['gas']): KindOfGas[] {
  return [...Map.groupBy(gas, ({ kind }) => kind)]
    .map(([kind, rows]) => ({ kind, count: rows.length, total: rows.reduce((sum, { gasUsed }) => sum + gasUsed, 0) }))
    .toSorted((a, b) => b.total - a.total || (a.kind < b.kind ? -1 : 1));
}

function gasTable(kinds: readonly KindOfGas[]): Markup {
  const all: KindOfGas = {
    kind: 'All',
    count: kinds.reduce((sum, { count }) => sum + count, 0),
    total: kinds.reduce((sum, { total }) => sum + total, 0),
  };
  return markup`<table><thead><tr><th scope="col">Kind</th><th scope="col">Count</th><th scope="col">Mean</th><th scope="col">Total</th></tr></thead><tbody>${kinds.map(gasRow)}</tbody><tfoot>${gasRow(all)}</tfoot></table>`;
}

function gasRow({ kind, count, total }: KindOfGas): Markup {
  return markup`<tr><th scope="row"><bdi>${kind}</bdi></th><td>${formatNumber(count)}</td><td>${formatNumber(total / count)}</td><td>${formatNumber(total)}</td></tr>
`;
}

function formatThousands(value: number): string {
  if (Math.abs(value) >= 1e6) return `${Number((value / 1e6).toFixed(2))}M`;
  return Math.abs(value) >= 1e3 ? `${Number((value / 1e3).toFixed(2))}k` : String(value);
}
