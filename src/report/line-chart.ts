import { type PlotArea, roundAxis, valueAxis } from './axis.ts';
import type { Drawing } from './figure.ts';
import { type Markup, markup } from './markup.ts';
import { memberColour, memberDash, memberMark } from './member-style.ts';
import { type Interval, linearScale, niceDomain, type Scale } from './scale.ts';

export interface LinePoint {
  readonly round: number;
  readonly value: number;
}

export interface MemberLine {
  readonly name: string;
  /** Position of the member: its colour, mark and dash. */
  readonly position: number;
  readonly points: readonly LinePoint[];
}

/** A level to compare the lines with. */
export interface ReferenceLine {
  readonly name: string;
  readonly value: number;
  readonly className: string;
}

export interface LineChartOptions {
  readonly width: number;
  readonly height: number;
  readonly lines: readonly MemberLine[];
  readonly references?: readonly ReferenceLine[];
  /** Bounds that the values cannot pass. */
  readonly within: Interval;
  readonly tickFormat: (value: number) => string;
  readonly valueFormat: (value: number) => string;
}

interface Scales {
  readonly x: Scale;
  readonly y: Scale;
}

const VALUE_TICKS = 6;

/** One line a member over the rounds; a missing round breaks its line. Values that are not finite are left out. */
export function lineChart(options: LineChartOptions): Drawing {
  const { width, height, within, references = [] } = options;
  const lines = options.lines.map((line) => ({
    ...line,
    points: line.points.filter((point) => Number.isFinite(point.value)),
  }));
  const area: PlotArea = { left: 62, right: width - 16, top: 14, bottom: height - 52 };
  const points = lines.flatMap((line) => line.points);
  const domain = niceDomain(
    [...points, ...references].map((point) => point.value),
    { count: VALUE_TICKS, within },
  );
  const rounds: Interval = [Math.min(0, ...points.map((p) => p.round)), Math.max(1, ...points.map((p) => p.round))];
  const x = linearScale(rounds, [area.left + 10, area.right - 10]);
  const y = linearScale(domain, [area.bottom, area.top]);
  const body = markup`${valueAxis({ area, domain, scale: y, count: VALUE_TICKS, format: options.tickFormat })}
${roundAxis({ area, domain: rounds, scale: x, count: Math.floor(width / 46), title: 'rounds mixed' })}
${references.map((reference) => drawReference(reference, area, y, options))}
${lines.map((line) => drawLine(line, { x, y }, options))}`;
  return { width, height, body };
}

function drawReference(
  { name, value, className }: ReferenceLine,
  area: PlotArea,
  y: Scale,
  options: LineChartOptions,
): Markup {
  return markup`<path class="reference ${className}" d="M${area.left} ${y(value)}H${area.right}"><title>${name}: ${options.valueFormat(value)}</title></path>`;
}

function drawLine(
  { name, position, points }: MemberLine,
  { x, y }: Scales,
  { valueFormat, lines }: LineChartOptions,
): Markup {
  const path = points.map((point, i) => {
    const isNext = points[i - 1]?.round === point.round - 1;
    return markup`${isNext ? 'L' : 'M'}${x(point.round)} ${y(point.value)}`;
  });
  const radius = lines.length > 8 ? 2.4 : 3.4;
  const marks = points.map(
    (point) =>
      markup`<g>${memberMark(position, x(point.round), y(point.value), radius)}<title>${name}, ${point.round} mixed: ${valueFormat(point.value)}</title></g>`,
  );
  return markup`<g class="${memberColour(position)}"><path class="line" stroke-dasharray="${memberDash(position)}" d="${path}"/>${marks}</g>
`;
}
