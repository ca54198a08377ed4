import { glyphsOf } from './glyphs.ts';
import { type GreyLevels, halved, inverted, toGreyLevels } from './grey-levels.ts';
import type { PixelImage, Region } from './pixel-image.ts';
import { boxAround, textLines } from './text-lines.ts';
import { textMasks } from './text-masks.ts';

/** Below this size there is no room for a line, and above it text may be too large for one look. */
const MIN_SIDE_PIXELS = 8;
const LARGE_SIDE_PIXELS = 512;
/** Soft edges and signs too small for a glyph (points, accents) lie around a line. */
const MARGIN_PIXELS = 3;

/**
 * Finds text that is burned into an image: rows of at least four letter-sized parts, 5 to about 64 pixels high (more in images
 * above 512), alike in height and shade, bright on dark or dark on bright, written horizontally. Shorter or slanted
 * text and handwriting are not found. Nothing is read: what is found may be a harmless caption.
 *
 * The parts are what stands out of a top-hat transform, by contrast and by shade, in the image and its halves.
 * @returns rectangles in pixels of the image, a little larger than the text
 */
export function findBurnedInText(image: PixelImage): Region[] {
  const found: Region[] = [];
  let grey = toGreyLevels(image);
  for (let scale = 1; Math.min(grey.width, grey.height) >= MIN_SIDE_PIXELS; scale *= 2) {
    found.push(...[...linesIn(grey), ...linesIn(inverted(grey))].map((line) => withMargin(line, scale)));
    if (Math.max(grey.width, grey.height) <= LARGE_SIDE_PIXELS) break;
    grey = halved(grey);
  }
  return joinedRows(found).map((region) => clipped(region, image));
}

function linesIn(grey: GreyLevels): Region[] {
  return textMasks(grey).flatMap((mask) => textLines(glyphsOf(mask, grey)));
}

/** As much aside as the line is high, since a sign too small for a glyph, and a space, may come before a last letter. */
function withMargin({ x, y, width, height }: Region, scale: number): Region {
  const aside = MARGIN_PIXELS + height;
  return {
    x: (x - aside) * scale,
    y: (y - MARGIN_PIXELS) * scale,
    width: (width + 2 * aside) * scale,
    height: (height + 2 * MARGIN_PIXELS) * scale,
  };
}

/** Joins what overlaps in one row, until nothing does. */
function joinedRows(regions: readonly Region[]): Region[] {
  const apart: Region[] = [];
  for (const region of regions) {
    let joined = region;
    for (let index = 0; index < apart.length; index++) {
      const other = apart[index];
      if (other === undefined || !isSameRow(other, joined)) continue;
      joined = boxAround([joined, other]);
      apart.splice(index, 1);
      index = -1;
    }
    apart.push(joined);
  }
  return apart;
}

function isSameRow(a: Region, b: Region): boolean {
  const overlapX = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const overlapY = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  return overlapX >= 0 && overlapY >= Math.min(a.height, b.height) / 2;
}

function clipped({ x, y, width, height }: Region, image: PixelImage): Region {
  const [left, top] = [Math.max(0, x), Math.max(0, y)];
  return {
    x: left,
    y: top,
    width: Math.min(image.width, x + width) - left,
    height: Math.min(image.height, y + height) - top,
  };
}
