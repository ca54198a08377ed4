import { describeMix } from './describe-mix.ts';
import type { Drawing } from './figure.ts';
import type { Lineage, LineageMix } from './lineage.ts';
import { type Markup, markup } from './markup.ts';

const CELL = 8;
/** Weights are drawn in this many shades, the strongest for the largest. */
const SHADES = 6;

/** One round as a square: a row for each member's mix, a column for each source, stronger for more weight, a ring for stale ones. */
export function roundMatrix(lineage: Lineage, round: number, largestWeight: number): Drawing {
  const size = lineage.names.length * CELL;
  const mixes = lineage.mixes.filter((mix) => mix.round === round);
  const cells = mixes.flatMap((mix) =>
    mix.sources.map((source) => ({ x: source.member * CELL, y: mix.member * CELL, ...source })),
  );
  const shades = Array.from({ length: SHADES }, (_, shade) => {
    const ofShade = cells.filter((cell) => shadeOf(cell.weight / largestWeight) === shade);
    const squares = ofShade.map(({ x, y }) => markup`M${x + 0.5} ${y + 0.5}h${CELL - 1}v${CELL - 1}h${1 - CELL}z`);
    return ofShade.length === 0
      ? null
      : markup`<path class="cell" fill-opacity="${(shade + 1) / SHADES}" d="${squares}"/>`;
  });
  const stale = cells.filter((cell) => cell.stale);
  const rings = stale.map(({ x, y }) => markup`M${x + 1} ${y + 1}h${CELL - 2}v${CELL - 2}h${2 - CELL}z`);
  const body = markup`<rect class="band" width="${size}" height="${size}"/>${shades}<path class="late" d="${rings}"/>${mixes.map((mix) => hoverRow(lineage, mix, size))}`;
  return { width: size, height: size, body };
}

function hoverRow(lineage: Lineage, mix: LineageMix, size: number): Markup {
  return markup`<rect class="hover" y="${mix.member * CELL}" width="${size}" height="${CELL}"><title>${describeMix(lineage, mix)}</title></rect>`;
}

/** Square root, so that small weights can be told from none. */
function shadeOf(share: number): number {
  return Math.min(SHADES - 1, Math.floor(Math.sqrt(share) * SHADES));
}
