import { type Markup, markup } from './markup.ts';
import type { Interval, Scale } from './scale.ts';
import { ticks } from './ticks.ts';

/** The area of a drawing that the data take; what is around it is for the axes. */
export interface PlotArea {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

export interface ValueAxisOptions {
  readonly area: PlotArea;
  readonly domain: Interval;
  readonly scale: Scale;
  readonly count: number;
  readonly format: (value: number) => string;
}

/** Labels at the left and a thin line across the area for each tick. */
export function valueAxis({ area, domain, scale, count, format }: ValueAxisOptions): Markup {
  const rows = ticks(domain[0], domain[1], { count }).map(
    (tick) =>
      markup`<path class="grid" d="M${area.left} ${scale(tick)}H${area.right}"/><text class="tick" x="${area.left - 8}" y="${scale(tick)}" dy=".32em" text-anchor="end">${format(tick)}</text>`,
  );
  return markup`<g>${rows}</g>`;
}

export interface RoundAxisOptions {
  readonly area: PlotArea;
  readonly domain: Interval;
  readonly scale: Scale;
  /** About how many labels have room. */
  readonly count: number;
  readonly title?: string;
}

/** Round numbers below the area. */
export function roundAxis({ area, domain, scale, count, title = 'round' }: RoundAxisOptions): Markup {
  const labels = ticks(domain[0], domain[1], { count, minimumStep: 1 }).map(
    (round) =>
      markup`<path class="axis" d="M${scale(round)} ${area.bottom}v5"/><text class="tick" x="${scale(round)}" y="${area.bottom + 19}" text-anchor="middle">${round}</text>`,
  );
  const middle = (area.left + area.right) / 2;
  return markup`<g><path class="axis" d="M${area.left} ${area.bottom}H${area.right}"/>${labels}<text class="axis-title" x="${middle}" y="${area.bottom + 40}" text-anchor="middle">${title}</text></g>`;
}
