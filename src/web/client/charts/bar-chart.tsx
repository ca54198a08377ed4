import { extent } from 'd3-array';
import { scaleLinear } from 'd3-scale';
import { ChartFigure, type TableBehind } from './chart-figure.tsx';

export interface Bar {
  readonly name: string;
  /** What is no number has no bar. */
  readonly value: number | null;
  /** The value as it is read, with its unit. */
  readonly text: string;
  /** Gives the bar its colour, as the current colour. */
  readonly className: string;
}

export interface BarChartProps {
  readonly title: string;
  readonly description: string;
  readonly bars: readonly Bar[];
  /** What a bar to the left and to the right of the zero line means. */
  readonly sides?: readonly [negative: string, positive: string] | undefined;
  readonly table: TableBehind;
}

const WIDTH = 560;
const ROW = 30;
const NAME_WIDTH = 138;
const NAME_CHARACTERS = 15;
const TEXT_WIDTH = 96;
const SIDES_HEIGHT = 26;

/** One horizontal bar each, from a common zero line, with its value at its end. */
export function BarChart({ title, description, bars, sides, table }: BarChartProps) {
  const [low = 0, high = 0] = extent([0, ...bars.map(({ value }) => valueOf(value))]);
  const left = NAME_WIDTH + (low < 0 ? TEXT_WIDTH : 0);
  const x = scaleLinear([low, high === low ? low + 1 : high], [left, WIDTH - TEXT_WIDTH]);
  const top = sides === undefined ? 0 : SIDES_HEIGHT;
  const height = top + Math.max(1, bars.length) * ROW;
  return (
    <ChartFigure title={title} description={description} size={{ width: WIDTH, height }} table={table}>
      {sides === undefined ? null : <Sides sides={sides} zero={x(0)} />}
      {bars.map((bar, i) => (
        <BarRow key={bar.name} bar={bar} scale={x} top={top + i * ROW} />
      ))}
      <path class="axis" d={`M${x(0)} ${top}V${height}`} />
    </ChartFigure>
  );
}

const valueOf = (value: number | null): number => (value !== null && Number.isFinite(value) ? value : 0);

function BarRow({ bar, scale, top }: { bar: Bar; scale: (value: number) => number; top: number }) {
  const value = valueOf(bar.value);
  const [from, to] = [scale(Math.min(0, value)), scale(Math.max(0, value))];
  const middle = top + ROW / 2;
  return (
    <g class={bar.className}>
      <title>{`${bar.name}: ${bar.text}`}</title>
      <text x={NAME_WIDTH - 8} y={middle} dy=".32em" text-anchor="end">
        {bar.name.length > NAME_CHARACTERS ? `${bar.name.slice(0, NAME_CHARACTERS - 1)}…` : bar.name}
      </text>
      <rect class="bar" x={from} y={top + 6} width={to - from} height={ROW - 12} />
      <text x={value < 0 ? from - 6 : to + 6} y={middle} dy=".32em" text-anchor={value < 0 ? 'end' : 'start'}>
        {bar.text}
      </text>
    </g>
  );
}

function Sides({ sides: [negative, positive], zero }: { sides: readonly [string, string]; zero: number }) {
  return (
    <>
      <text x={zero - 8} y={SIDES_HEIGHT / 2} text-anchor="end">
        {negative}
      </text>
      <text x={zero + 8} y={SIDES_HEIGHT / 2}>
        {positive}
      </text>
    </>
  );
}
