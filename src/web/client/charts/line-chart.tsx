import { extent } from 'd3-array';
import { scaleLinear } from 'd3-scale';
import { line } from 'd3-shape';
import { BottomAxis, type PlotArea, ValueAxis } from './axes.tsx';
import { ChartFigure } from './chart-figure.tsx';
import { seriesColour, seriesDash } from './series-style.ts';

export interface LinePoint {
  readonly x: number;
  /** Null breaks the line. */
  readonly y: number | null;
}

export interface LineSeries {
  readonly name: string;
  /** Colour and dash; a series of the same thing has the same number in every chart. */
  readonly position: number;
  /** A line to compare with is drawn grey; position 0 is dashed, others are dotted. */
  readonly isReference?: boolean;
  readonly points: readonly LinePoint[];
}

export interface LineChartProps {
  readonly title: string;
  readonly description: string;
  readonly series: readonly LineSeries[];
  readonly xTitle: string;
  /** Called with `digits` for the axis, which takes as few as tell its labels apart. */
  readonly format: (value: number, digits?: number) => string;
  /** Bounds that values cannot pass, for instance 0 and 1. */
  readonly within?: readonly [number, number];
  readonly size?: { readonly width: number; readonly height: number };
}

const SIZE = { width: 560, height: 300 };
const Y_TICKS = 5;
/** Marks for more points than this would be a thick line. */
const MOST_MARKS = 40;

/** Series over whole numbers, such as rounds. */
export function LineChart({ title, description, series, xTitle, format, within, size = SIZE }: LineChartProps) {
  const area: PlotArea = { left: 62, right: size.width - 14, top: 14, bottom: size.height - 48 };
  const points = series.flatMap((each) => each.points).filter(isDrawn);
  const [from = 0, to = 1] = extent(points, ({ x }) => x);
  const x = scaleLinear([from, Math.max(to, from + 1)], [area.left + 8, area.right - 8]);
  const y = scaleLinear(valueDomain(points, within), [area.bottom, area.top]);
  const path = line<LinePoint>(
    (point) => x(point.x),
    (point) => y(point.y ?? 0),
  ).defined(isDrawn);
  return (
    <ChartFigure
      title={title}
      description={description}
      size={size}
      legend={series.map((each) => <LegendEntry key={each.name} series={each} />)}
      table={toTable(series, xTitle, format)}
    >
      <ValueAxis area={area} scale={y} count={Y_TICKS} format={format} />
      <BottomAxis
        area={area}
        scale={x}
        count={Math.min(10, Math.max(1, to - from))}
        format={placeText}
        title={xTitle}
      />
      {series.map((each) => (
        <g key={each.name} class={each.isReference === true ? 'reference-line' : seriesColour(each.position)}>
          <path class="line" stroke-dasharray={dashOf(each)} d={path(each.points) ?? ''} />
          {marked(each.points).map((point) => (
            <circle key={point.x} class="mark" cx={x(point.x)} cy={y(point.y)} r={each.isReference === true ? 2 : 3.2}>
              <title>{`${each.name}, ${xTitle} ${placeText(point.x)}: ${format(point.y)}`}</title>
            </circle>
          ))}
        </g>
      ))}
    </ChartFigure>
  );
}

const isDrawn = (point: LinePoint): point is { x: number; y: number } => point.y !== null && Number.isFinite(point.y);

/** Epochs stand between whole rounds. */
const placeText = (x: number): string => (Number.isInteger(x) ? String(x) : x.toFixed(2)).replace('-', '−');

const marked = (points: readonly LinePoint[]) => (points.length > MOST_MARKS ? [] : points.filter(isDrawn));

const dashOf = ({ isReference, position }: LineSeries): string =>
  isReference === true ? (position === 0 ? '5 4' : '2 4') : seriesDash(position);

function valueDomain(
  points: readonly { y: number }[],
  within: readonly [number, number] | undefined,
): [number, number] {
  const [low = 0, high = 1] = extent(points, ({ y }) => y);
  const margin = high === low ? Math.abs(high) / 10 || 0.5 : (high - low) / 20;
  const [nicest = low, highest = high] = scaleLinear([low - margin, high + margin], [0, 1])
    .nice(Y_TICKS)
    .domain();
  return [Math.max(nicest, within?.[0] ?? -Infinity), Math.min(highest, within?.[1] ?? Infinity)];
}

function LegendEntry({ series }: { series: LineSeries }) {
  return (
    <span class={series.isReference === true ? 'reference-line' : seriesColour(series.position)}>
      <svg class="dash" viewBox="0 0 26 12" aria-hidden="true">
        <path class="line" stroke-dasharray={dashOf(series)} d="M1 6H25" />
        <circle class="mark" cx="13" cy="6" r="3" />
      </svg>
      <bdi>{series.name}</bdi>
    </span>
  );
}

function toTable(series: readonly LineSeries[], xTitle: string, format: (value: number) => string) {
  const places = [...new Set(series.flatMap(({ points }) => points.map(({ x }) => x)))].toSorted((a, b) => a - b);
  return {
    head: [xTitle, ...series.map(({ name }) => name)],
    rows: places.map((place) => [
      placeText(place),
      ...series.map(({ points }) => {
        const value = points.find(({ x }) => x === place)?.y;
        return value == null ? '–' : format(value);
      }),
    ]),
  };
}
