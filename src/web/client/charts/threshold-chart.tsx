import { scaleLinear } from 'd3-scale';
import { BottomAxis, type PlotArea } from './axes.tsx';
import { ChartFigure, type TableBehind } from './chart-figure.tsx';
import { shortenWords } from './shorten-words.ts';

export interface ThresholdBar {
  readonly name: string;
  readonly value: number;
  /** What is written in its row, so that its colour is not all. */
  readonly word: string;
  readonly tone: 'm0' | 'm4' | 'm1';
}

export interface ThresholdChartProps {
  readonly title: string;
  readonly description: string;
  readonly bars: readonly ThresholdBar[];
  readonly thresholds: readonly { readonly name: string; readonly value: number }[];
  readonly xTitle: string;
  readonly format: (value: number) => string;
  readonly table: TableBehind;
}

const WIDTH = 560;
const ROW = 30;
const TOP = 30;
const LEFT = 206;
const BAR = 16;
const LETTERS = 20;
const TICKS = 5;
/** What the axis reaches at least, as a multiple of the highest threshold; longer bars are cut at its multiple of four. */
const REACH = { least: 1.4, most: 4 };

/** A bar for each quantity, and lines from where on it counts. */
export function ThresholdChart({ title, description, bars, thresholds, xTitle, format, table }: ThresholdChartProps) {
  const highest = Math.max(...thresholds.map(({ value }) => value));
  const longest = Math.max(...bars.map(({ value }) => value));
  const end = Math.min(REACH.most * highest, Math.max(REACH.least * highest, 1.15 * longest));
  const height = TOP + bars.length * ROW + 50;
  const area: PlotArea = { left: LEFT, right: WIDTH - 76, top: TOP, bottom: height - 50 };
  const x = scaleLinear([0, end], [area.left, area.right]);
  return (
    <ChartFigure title={title} description={description} size={{ width: WIDTH, height }} table={table}>
      <BottomAxis area={area} scale={x} count={TICKS} format={format} title={xTitle} />
      {thresholds.map(({ name, value }, i) => (
        <g key={name} class="threshold">
          <path class="line" stroke-dasharray="5 4" d={`M${x(value)} ${area.top - 6}V${area.bottom}`} />
          <text x={x(value)} y={area.top - 12} text-anchor={i === 0 ? 'end' : 'start'}>
            {name}
          </text>
        </g>
      ))}
      {bars.map(({ name, value, word, tone }, i) => {
        const middle = area.top + (i + 0.5) * ROW;
        const to = x(Math.min(value, end));
        return (
          <g key={name} class={tone}>
            <title>{`${name}: ${format(value)}, ${word}`}</title>
            <text x={area.left - 10} y={middle} dy=".32em" text-anchor="end">
              {shortenWords(name, LETTERS)}
            </text>
            <rect class="bar" x={area.left} y={middle - BAR / 2} width={Math.max(1.5, to - area.left)} height={BAR} />
            <text x={area.right + 8} y={middle} dy=".32em">
              {value > end ? `${format(value)} ${word}` : word}
            </text>
          </g>
        );
      })}
    </ChartFigure>
  );
}
