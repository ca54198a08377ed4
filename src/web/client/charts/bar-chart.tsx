import { scaleLinear } from 'd3-scale';
import { ChartFigure, type TableBehind } from './chart-figure.tsx';

export interface Bar {
  readonly name: string;
  readonly value: number;
  /** The value as it is read, with its unit. */
  readonly text: string;
  /** Gives the bar its colour, as the current colour. */
  readonly className: string;
}

export interface BarChartProps {
  readonly title: string;
  readonly description: string;
  /** None below 0. */
  readonly bars: readonly Bar[];
  readonly table: TableBehind;
}

const WIDTH = 560;
const ROW = 30;
const NAME_WIDTH = 130;
const TEXT_WIDTH = 96;

/** One horizontal bar each, from 0, with its value beside it. */
export function BarChart({ title, description, bars, table }: BarChartProps) {
  const highest = Math.max(1, ...bars.map(({ value }) => value));
  const x = scaleLinear([0, highest], [0, WIDTH - NAME_WIDTH - TEXT_WIDTH]);
  return (
    <ChartFigure
      title={title}
      description={description}
      size={{ width: WIDTH, height: bars.length * ROW }}
      table={table}
    >
      {bars.map(({ name, value, text, className }, i) => (
        <g key={name} class={className} transform={`translate(0 ${i * ROW})`}>
          <text x={NAME_WIDTH - 8} y={ROW / 2} dy=".32em" text-anchor="end">
            {name.length > 18 ? `${name.slice(0, 17)}…` : name}
          </text>
          <rect class="bar" x={NAME_WIDTH} y="6" width={x(value)} height={ROW - 12} rx="2">
            <title>{`${name}: ${text}`}</title>
          </rect>
          <text x={NAME_WIDTH + x(value) + 6} y={ROW / 2} dy=".32em">
            {text}
          </text>
        </g>
      ))}
    </ChartFigure>
  );
}
