import { describeMix } from './describe-mix.ts';
import type { Drawing } from './figure.ts';
import { formatPercent } from './format-number.ts';
import type { Lineage, LineageMix, LineageSource } from './lineage.ts';
import { type Markup, markup } from './markup.ts';
import { memberColour, memberMark } from './member-style.ts';
import { shorten } from './shorten.ts';

const [LEFT, TOP, BOTTOM] = [140, 34, 16];
const WIDEST_EDGE = 12;
/** With more lines than this nobody can follow one of them: the matrices tell more. */
const MAX_EDGES = 600;
const MAX_ROUNDS = 24;

interface Layout {
  readonly column: number;
  readonly row: number;
  contribution(member: number, round: number): Point;
  mix(member: number, round: number): Point;
}

type Point = readonly [x: number, y: number];

/** True if the lineage can be drawn as a graph that one can read. */
export function fitsLineageChart({ edges, rounds }: Lineage): boolean {
  return edges <= MAX_EDGES && rounds <= MAX_ROUNDS;
}

/** Members by row, rounds by column: each contribution a mark, each mix a ring, and lines from what was mixed into it. */
export function lineageChart(lineage: Lineage): Drawing {
  const layout = layOut(lineage);
  const width = LEFT + layout.column * lineage.rounds + 8;
  const height = TOP + layout.row * lineage.names.length + BOTTOM;
  const opacity = Math.max(0.3, Math.min(0.75, 150 / Math.max(1, lineage.edges)));
  const mixes = lineage.mixes.toSorted((a, b) => a.round - b.round || a.member - b.member);
  const body = markup`${drawFrame(lineage, layout, height)}
<g class="next">${mixes.map((mix) => drawNext(mix, lineage, layout))}</g>
<g class="edges" style="--o:${opacity}">${mixes.map((mix) => drawEdges(mix, lineage, layout))}</g>
${drawContributions(lineage, layout)}
${mixes.map((mix) => drawMix(mix, lineage, layout))}`;
  return { width, height, body, scrolls: true };
}

function layOut({ rounds, names }: Lineage): Layout {
  const column = Math.max(72, Math.min(190, 920 / rounds));
  const row = names.length > 8 ? 46 : 62;
  const y = (member: number): number => TOP + (member + 0.5) * row;
  return {
    column,
    row,
    contribution: (member, round) => [LEFT + column * round + column * 0.16, y(member)],
    mix: (member, round) => [LEFT + column * round + column * 0.74, y(member)],
  };
}

function drawFrame({ names, rounds }: Lineage, { column, row }: Layout, height: number): Markup {
  const bands = Array.from({ length: rounds }, (_, round) => {
    const x = LEFT + column * round - column * 0.05;
    const band =
      round % 2 === 0 ? markup`<rect class="band" x="${x}" y="4" width="${column}" height="${height - 8}"/>` : null;
    return markup`${band}<text class="tick" x="${x + column / 2}" y="21" text-anchor="middle">${round === 0 ? 'round 0' : round}</text>`;
  });
  const labels = names.map(
    (name, member) =>
      markup`<g class="${memberColour(member)}"><title>${name}</title>${memberMark(member, 8, TOP + (member + 0.5) * row, 4.5)}<text class="label" x="20" y="${TOP + (member + 0.5) * row}" dy=".32em">${shorten(name, 14)}</text></g>`,
  );
  return markup`<g>${bands}</g><g>${labels}</g>`;
}

/** From a mix to the contribution that was trained from it. */
function drawNext({ member, round }: LineageMix, { rounds, mixes }: Lineage, layout: Layout): Markup | null {
  if (round + 1 >= rounds || !hasContribution(mixes, member, round + 1)) return null;
  const [x, y] = layout.mix(member, round);
  return markup`<path d="M${x} ${y}H${layout.contribution(member, round + 1)[0]}"/>`;
}

function drawEdges(mix: LineageMix, { names }: Lineage, layout: Layout): Markup[] {
  return mix.sources.map((source) => {
    const tip = `${names[source.member]}, round ${source.round} → ${names[mix.member]}, round ${mix.round}: ${formatPercent(source.weight)}${source.stale ? ', stale' : ''}`;
    const style = `${memberColour(source.member)}${source.stale ? ' stale' : ''}`;
    return markup`<path class="${style}" stroke-width="${Math.max(0.6, source.weight * WIDEST_EDGE)}" d="${edgePath(mix, source, layout)}"><title>${tip}</title></path>
`;
  });
}

function edgePath(mix: LineageMix, source: LineageSource, layout: Layout): Markup {
  const [x0, y0] = layout.contribution(source.member, source.round);
  const [x1, y1] = layout.mix(mix.member, mix.round);
  const bend = (x1 - x0) * 0.5;
  // An older contribution of the same row would run through the marks between: it goes around them.
  const lift = source.stale && y0 === y1 ? layout.row * 0.5 : 0;
  return markup`M${x0} ${y0}C${x0 + bend} ${y0 - lift} ${x1 - bend} ${y1 - lift} ${x1} ${y1}`;
}

function drawContributions({ names, rounds, mixes }: Lineage, layout: Layout): Markup[] {
  return names.flatMap((name, member) =>
    Array.from({ length: rounds }, (_, round) => {
      const [x, y] = layout.contribution(member, round);
      if (!hasContribution(mixes, member, round)) {
        return markup`<path class="absent" d="M${x - 4} ${y - 4}l8 8m0 -8l-8 8"><title>${name}, round ${round}: no contribution in any mix</title></path>`;
      }
      return markup`<g class="node ${memberColour(member)}">${memberMark(member, x, y, 5.5)}<title>Contribution of ${name} in round ${round}</title></g>`;
    }),
  );
}

function drawMix(mix: LineageMix, lineage: Lineage, layout: Layout): Markup {
  const [x, y] = layout.mix(mix.member, mix.round);
  return markup`<g class="node ${memberColour(mix.member)}"><circle class="mix" cx="${x}" cy="${y}" r="6.5"/><title>${describeMix(lineage, mix)}</title></g>
`;
}

function hasContribution(mixes: readonly LineageMix[], member: number, round: number): boolean {
  return mixes.some(
    (mix) =>
      (mix.member === member && mix.round === round) ||
      mix.sources.some((source) => source.member === member && source.round === round),
  );
}
