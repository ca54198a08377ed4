import type { Glyph } from './glyphs.ts';
import type { Region } from './pixel-image.ts';

/** Fewer glyphs in a row are taken for chance: a ruler's ticks and a vessel make three. */
const MIN_GLYPHS = 4;
/** Widest gap between two glyphs of a line, as a part of their height: a space, or a narrow sign that is no glyph. */
const MAX_GAP = 1.2;
/** Tallest to smallest of two neighbours: a capital beside a small letter. */
const MAX_HEIGHT_RATIO = 1.8;
/** Two neighbours share so much of the smaller one's height. */
const MIN_OVERLAP = 0.6;
/** Letters of slanted type may begin before the last one ends, by this part of their height. */
const MAX_KERNING = 0.3;
/** How far a glyph may be off its line's top or base, as a part of the height, and at least one pixel. */
const SLACK = 0.12;
const MIN_SHARE_ON_BASE = 0.7;
const MIN_SHARE_ON_TOP = 0.5;
/** From the highest top to the lowest base, in heights of a glyph: capitals above and tails below small letters. */
const MAX_LINE_HEIGHT = 1.8;
/** How far around a line strays are counted, in heights of the line, and how many a glyph of the line may have. */
const CROWD_REACH = 1.5;
const MAX_STRAYS = 1;
/** A line is written in one shade: nearly all glyphs are this near to the median, as a part of their contrast. */
const SHADE_SLACK = 0.25;
const MIN_SHARE_IN_SHADE = 0.9;

/**
 * Boxes around glyphs that stand beside each other on one line, alike in height and shade. Where there are such lines,
 * shorter pieces of the same type count too: two glyphs anywhere, a single one in the row of a line.
 */
export function textLines(glyphs: readonly Glyph[]): Region[] {
  const waiting = new Set([...glyphs].sort((a, b) => a.x - b.x));
  const chains = takeChains(waiting, (chain) => chain.length >= MIN_GLYPHS);
  const lines = chains.filter((chain) => !isCrowded(chain, waiting));
  if (lines.length === 0) return [];
  const pieces = takeChains(waiting, (chain) => lines.some((line) => isPieceOf(chain, line)));
  return [...lines, ...pieces].map(boxAround);
}

type Chain = [Glyph, ...Glyph[]];

function takeChains(waiting: Set<Glyph>, isWanted: (chain: Chain) => boolean): Chain[] {
  const taken: Chain[] = [];
  for (const first of waiting) {
    const chain = chainFrom(first, waiting);
    if (!isWanted(chain) || !isAligned(chain) || !isOneShade(chain)) continue;
    for (const glyph of chain) waiting.delete(glyph);
    taken.push(chain);
  }
  return taken;
}

/** Of the same type as the line: as high as one of its glyphs, and of its shade. */
function isPieceOf(chain: Chain, line: Chain): boolean {
  const [first] = chain;
  return line.some((glyph) => {
    const isAlike =
      Math.abs(glyph.height - first.height) <= 1 && Math.abs(glyph.level - first.level) <= SHADE_SLACK * glyph.contrast;
    return isAlike && (chain.length > 1 || Math.abs(glyph.y - first.y) <= 1);
  });
}

/** In grain and texture, chains come about by chance, amid glyphs that stand in none. */
function isCrowded(chain: Chain, strays: Iterable<Glyph>): boolean {
  const { x, y, width, height } = boxAround(chain);
  const reach = CROWD_REACH * height;
  const isNear = (glyph: Glyph): boolean =>
    glyph.x < x + width + reach &&
    glyph.x + glyph.width > x - reach &&
    glyph.y < y + height + reach &&
    glyph.y + glyph.height > y - reach;
  let strayed = 0;
  for (const glyph of strays) if (isNear(glyph)) strayed++;
  return strayed > MAX_STRAYS * chain.length;
}

function chainFrom(first: Glyph, byPosition: Iterable<Glyph>): Chain {
  const chain: Chain = [first];
  let last = first;
  let reach = first.x + first.width;
  for (const next of byPosition) {
    if (next.x <= last.x) continue;
    if (next.x > reach + MAX_GAP * MAX_HEIGHT_RATIO * last.height) break;
    if (!isFollowing(last, next)) continue;
    chain.push(next);
    last = next;
    reach = Math.max(reach, next.x + next.width);
  }
  return chain;
}

function isFollowing(last: Glyph, next: Glyph): boolean {
  const overlap = Math.min(last.y + last.height, next.y + next.height) - Math.max(last.y, next.y);
  const small = Math.min(last.height, next.height);
  const large = Math.max(last.height, next.height);
  const gap = next.x - (last.x + last.width);
  const isNear = gap >= -MAX_KERNING * small && gap <= MAX_GAP * large;
  return isNear && overlap >= MIN_OVERLAP * small && large <= MAX_HEIGHT_RATIO * small;
}

function isAligned(chain: readonly Glyph[]): boolean {
  const height = median(chain.map((glyph) => glyph.height));
  const slack = Math.max(1, SLACK * height);
  const tops = chain.map(({ y }) => y);
  const bases = chain.map(({ y, height }) => y + height);
  return (
    boxAround(chain).height <= MAX_LINE_HEIGHT * height &&
    shareNearMedian(tops, slack) >= MIN_SHARE_ON_TOP &&
    shareNearMedian(bases, slack) >= MIN_SHARE_ON_BASE
  );
}

function isOneShade(chain: readonly Glyph[]): boolean {
  const slack = SHADE_SLACK * median(chain.map(({ contrast }) => contrast));
  const levels = chain.map(({ level }) => level);
  return shareNearMedian(levels, slack) >= MIN_SHARE_IN_SHADE;
}

function shareNearMedian(numbers: readonly number[], slack: number): number {
  const middle = median(numbers);
  return numbers.filter((each) => Math.abs(each - middle) <= slack).length / numbers.length;
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[numbers.length >> 1] ?? 0;
}

/** The smallest rectangle around all of these, of which there is at least one. */
export function boxAround(regions: readonly Region[]): Region {
  const x = Math.min(...regions.map((region) => region.x));
  const y = Math.min(...regions.map((region) => region.y));
  const right = Math.max(...regions.map((region) => region.x + region.width));
  const bottom = Math.max(...regions.map((region) => region.y + region.height));
  return { x, y, width: right - x, height: bottom - y };
}
