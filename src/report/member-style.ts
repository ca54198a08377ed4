import { type Markup, markup } from './markup.ts';

/** Hues in the palette of the style sheet; members beyond share a hue and differ in dash and filling. */
const HUES = 8;

const DASHES = ['', '6 3', '2 3', '8 3 2 3'] as const;

/** Class that sets the current colour to the member's, the same in every plot of the page. */
export function memberColour(position: number): string {
  return `m${position % HUES}`;
}

/** `stroke-dasharray` of the member's lines. */
export function memberDash(position: number): string {
  return DASHES[Math.floor(position / HUES) % DASHES.length] ?? '';
}

/** The member's mark, told apart by shape as well as by colour. */
export function memberMark(position: number, x: number, y: number, radius: number): Markup {
  const fill = position < HUES ? 'currentColor' : 'var(--card)';
  return markup`<path class="mark" fill="${fill}" d="${markPath(position, x, y, radius)}"/>`;
}

function markPath(position: number, x: number, y: number, radius: number): Markup {
  const side = radius * 0.9;
  const tip = radius * 1.25;
  switch (position % 4) {
    case 0:
      return markup`M${x - radius} ${y}a${radius} ${radius} 0 1 0 ${2 * radius} 0a${radius} ${radius} 0 1 0 ${-2 * radius} 0Z`;
    case 1:
      return markup`M${x - side} ${y - side}h${2 * side}v${2 * side}h${-2 * side}Z`;
    case 2:
      return markup`M${x} ${y - tip}L${x + tip} ${y + side}H${x - tip}Z`;
    default:
      return markup`M${x} ${y - tip}L${x + tip} ${y}L${x} ${y + tip}L${x - tip} ${y}Z`;
  }
}

/** A small picture of the member's mark for legends and tables. */
export function memberChip(position: number): Markup {
  return markup`<svg class="chip ${memberColour(position)}" viewBox="0 0 12 12" aria-hidden="true">${memberMark(position, 6, 6, 4)}</svg>`;
}
