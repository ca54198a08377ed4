import { type PlotArea, roundAxis, valueAxis } from './axis.ts';
import type { Drawing } from './figure.ts';
import { type Markup, markup } from './markup.ts';
import { type Interval, linearScale, type Scale } from './scale.ts';

export interface RoundValue {
  readonly round: number;
  readonly value: number;
}

export interface RoundValuesOptions {
  readonly values: readonly RoundValue[];
  /** Shared by the charts of all members, so that their bars compare. */
  readonly domain: Interval;
  readonly rounds: Interval;
  readonly format: (value: number) => string;
  readonly tickFormat: (value: number) => string;
}

/** About how many ticks the value axis has; the shared domain is made for as many. */
export const VALUE_TICKS = 5;

const [WIDTH, HEIGHT] = [220, 140];

/** One bar for each round, up from or down from zero. */
export function roundValuesChart({ values, domain, rounds, format, tickFormat }: RoundValuesOptions): Drawing {
  const area: PlotArea = { left: 38, right: WIDTH - 6, top: 8, bottom: HEIGHT - 24 };
  const y = linearScale(domain, [area.bottom, area.top]);
  const slot = (area.right - area.left) / (rounds[1] - rounds[0] + 1);
  const x: Scale = (round) => area.left + (round - rounds[0] + 0.5) * slot;
  const bars = values.filter((bar) => Number.isFinite(bar.value)).map((bar) => drawBar(bar, { x, y, slot, format }));
  const body = markup`${valueAxis({ area, domain, scale: y, count: VALUE_TICKS, format: tickFormat })}
${roundAxis({ area, domain: rounds, scale: x, count: 6, title: '' })}${bars}<path class="zero" d="M${area.left} ${y(0)}H${area.right}"/>`;
  return { width: WIDTH, height: HEIGHT, body };
}

interface BarPlace {
  readonly x: Scale;
  readonly y: Scale;
  readonly slot: number;
  readonly format: (value: number) => string;
}

function drawBar({ round, value }: RoundValue, { x, y, slot, format }: BarPlace): Markup {
  const width = slot * 0.74;
  const [top, bottom] = [Math.min(y(0), y(value)), Math.max(y(0), y(value))];
  return markup`<rect class="bar" x="${x(round) - width / 2}" y="${top}" width="${width}" height="${bottom - top}"><title>round ${round}: ${format(value)}</title></rect>`;
}
