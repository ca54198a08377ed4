import type { Drawing } from './figure.ts';
import { type Markup, markup } from './markup.ts';
import { type Interval, linearScale, type Scale } from './scale.ts';
import { shorten } from './shorten.ts';
import { ticks } from './ticks.ts';

export interface Bar {
  readonly label: string;
  readonly value: number;
  /** The value as written beside the bar. */
  readonly text: string;
  /** Class that sets the colour. */
  readonly className: string;
}

export interface BarChartOptions {
  readonly width: number;
  readonly bars: readonly Bar[];
  readonly tickFormat: (value: number) => string;
  /** What a bar to the left and to the right of the zero line means. */
  readonly sides?: readonly [negative: string, positive: string];
  readonly axisTitle: string;
}

const ROW = 30;
const LABEL_CHARACTERS = 14;
const TICKS = 4;

/** Horizontal bars from a common zero line, with the value written at the end of each. */
export function barChart({ width, bars, tickFormat, sides, axisTitle }: BarChartOptions): Drawing {
  const [left, right, top] = [158, width - 92, sides === undefined ? 8 : 36];
  const bottom = top + Math.max(1, bars.length) * ROW;
  const domain = spanOf(bars.map((bar) => bar.value));
  const reserve = domain[0] < 0 ? 76 : 0;
  const x = linearScale(domain, [left + reserve, right]);
  const grid = ticks(domain[0], domain[1], { count: TICKS }).map(
    (tick) =>
      markup`<path class="grid" d="M${x(tick)} ${top}V${bottom}"/><text class="tick" x="${x(tick)}" y="${bottom + 18}" text-anchor="middle">${tickFormat(tick)}</text>`,
  );
  const body = markup`${grid}${bars.map((bar, i) => drawBar(bar, x, left, top + i * ROW))}
<path class="zero" d="M${x(0)} ${top - 6}V${bottom + 4}"/>${sides === undefined ? null : drawSides(sides, x(0), top)}
<text class="axis-title" x="${(left + right) / 2}" y="${bottom + 38}" text-anchor="middle">${axisTitle}</text>`;
  return { width, height: bottom + 48, body };
}

/** From the least to the largest value, zero among them: the room at the ends is for the numbers. */
function spanOf(values: readonly number[]): Interval {
  const finite = values.filter(Number.isFinite);
  const [low, high] = [Math.min(0, ...finite), Math.max(0, ...finite)];
  return low === high ? [0, 1] : [low, high];
}

function drawBar({ label, value, text, className }: Bar, x: Scale, left: number, top: number): Markup {
  const finite = Number.isFinite(value) ? value : 0;
  const [from, to] = [Math.min(x(0), x(finite)), Math.max(x(0), x(finite))];
  const end = finite < 0 ? markup`x="${from - 6}" text-anchor="end"` : markup`x="${to + 6}"`;
  const middle = top + ROW / 2;
  return markup`<g class="${className}"><title>${label}: ${text}</title><text class="label" x="${left - 10}" y="${middle}" dy=".32em" text-anchor="end">${shorten(label, LABEL_CHARACTERS)}</text><rect class="bar" x="${from}" y="${top + 5}" width="${to - from}" height="${ROW - 10}"/><text class="value" ${end} y="${middle}" dy=".32em">${text}</text></g>
`;
}

function drawSides([negative, positive]: readonly [string, string], zero: number, top: number): Markup {
  return markup`<text class="side" x="${zero - 8}" y="${top - 16}" text-anchor="end">${negative}</text><text class="side" x="${zero + 8}" y="${top - 16}">${positive}</text>`;
}
