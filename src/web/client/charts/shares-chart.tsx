import { scaleLinear } from 'd3-scale';
import { percent } from '../shell/format.ts';
import { type PlotArea, ValueAxis } from './axes.tsx';
import { ChartFigure } from './chart-figure.tsx';

export interface SharesChartProps {
  readonly title: string;
  readonly description: string;
  /** Between the bins, in ascending order. */
  readonly bounds: readonly number[];
  readonly reference: { readonly name: string; readonly shares: readonly number[] };
  readonly current: { readonly name: string; readonly shares: readonly number[] };
}

const SIZE = { width: 560, height: 280 };
const AREA: PlotArea = { left: 62, right: SIZE.width - 14, top: 14, bottom: SIZE.height - 48 };
const TICKS = 4;

/** Two distributions over the same bins, bar beside bar. */
export function SharesChart({ title, description, bounds, reference, current }: SharesChartProps) {
  const count = bounds.length + 1;
  const most = Math.max(...reference.shares, ...current.shares);
  const y = scaleLinear([0, most], [AREA.bottom, AREA.top]).nice(TICKS);
  const step = (AREA.right - AREA.left) / count;
  const width = Math.min(28, step * 0.36);
  const both = [
    { ...reference, tone: 'reference-line', from: -width },
    { ...current, tone: 'm0', from: 0 },
  ];
  return (
    <ChartFigure
      title={title}
      description={description}
      size={SIZE}
      legend={both.map(({ name, tone }) => (
        <span key={name} class={tone}>
          <svg class="dash" viewBox="0 0 26 12" aria-hidden="true">
            <rect class="bar" x="2" y="1" width="18" height="10" />
          </svg>
          {name}
        </span>
      ))}
      table={{
        head: ['values', reference.name, current.name],
        rows: Array.from({ length: count }, (_, i) => [
          placeOf(bounds, i),
          percent(reference.shares[i]),
          percent(current.shares[i]),
        ]),
      }}
    >
      <ValueAxis area={AREA} scale={y} count={TICKS} format={(value) => percent(value, 0)} />
      {both.map(({ name, shares, tone, from }) => (
        <g key={name} class={tone}>
          {shares.map((share, i) => (
            <rect
              key={i}
              class="bar"
              x={AREA.left + (i + 0.5) * step + from}
              y={y(share)}
              width={width - 1}
              height={AREA.bottom - y(share)}
            >
              <title>{`${name}, ${placeOf(bounds, i)}: ${percent(share)}`}</title>
            </rect>
          ))}
        </g>
      ))}
      <path class="axis" d={`M${AREA.left} ${AREA.bottom}H${AREA.right}`} />
      {bounds.map((bound, i) =>
        bounds.length > 5 && i % 2 === 1 ? null : (
          <text key={i} x={AREA.left + (i + 1) * step} y={AREA.bottom + 19} text-anchor="middle">
            {shortNumber(bound)}
          </text>
        ),
      )}
      <text class="axis-title" x={(AREA.left + AREA.right) / 2} y={AREA.bottom + 40} text-anchor="middle">
        value, in bins of equal shares of the reference
      </text>
    </ChartFigure>
  );
}

/** Probabilities may be as small as they like. */
const shortNumber = (value: number): string => String(Number(value.toPrecision(2))).replaceAll('-', '−');

function placeOf(bounds: readonly number[], bin: number): string {
  const [from, to] = [bounds[bin - 1], bounds[bin]];
  if (from === undefined) return to === undefined ? 'all' : `below ${shortNumber(to)}`;
  return to === undefined ? `from ${shortNumber(from)}` : `${shortNumber(from)} to ${shortNumber(to)}`;
}
