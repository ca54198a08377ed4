import { connectedParts, type Part } from './connected-parts.ts';
import type { GreyLevels } from './grey-levels.ts';

/** A part that may be a letter or a digit. */
export interface Glyph extends Part {
  /** Mean of the levels that it is written with. */
  readonly level: number;
  /** How much that is above the mean of the pixels around it. */
  readonly contrast: number;
}

const MIN_HEIGHT_PIXELS = 5;
/** Larger text is found in the halved image. */
const MAX_HEIGHT_PIXELS = 32;
/** A few letters that touch are one part. */
const MAX_WIDTH_PER_HEIGHT = 3;
/** Strokes cover so much of a glyph's box, those of narrow ones all of it. */
const MIN_FILL = 0.15;
const MAX_FILL = 0.9;
/** Mean level of a glyph above that of the pixels around it. */
const MIN_CONTRAST = 25;
/** A pixel around a glyph that is so much brighter does not belong to its ground. */
const BRIGHTER = 8;
/** Anatomy lies in gradients, with brighter pixels on one side; text is brighter than its ground on all sides. */
const MAX_SHARE_OF_BRIGHTER = 0.1;

/** The parts of a mask that are as large as letters, shaped like strokes, and brighter than all that surrounds them. */
export function glyphsOf(mask: Uint8Array, grey: GreyLevels): Glyph[] {
  return connectedParts(mask, grey.width)
    .filter(hasShapeOfGlyph)
    .map((part) => ({ ...part, ...comparedWithGround(part, mask, grey) }))
    .filter(({ contrast, brighter }) => contrast >= MIN_CONTRAST && brighter <= MAX_SHARE_OF_BRIGHTER);
}

function hasShapeOfGlyph({ width, height, area }: Part): boolean {
  if (height < MIN_HEIGHT_PIXELS || height > MAX_HEIGHT_PIXELS || width > MAX_WIDTH_PER_HEIGHT * height) return false;
  const fill = area / (width * height);
  return fill >= MIN_FILL && (fill <= MAX_FILL || width <= height / 2);
}

interface Comparison {
  readonly level: Glyph['level'];
  readonly contrast: Glyph['contrast'];
  /** Share of the ground that is brighter than the glyph. */
  readonly brighter: number;
}

function comparedWithGround(part: Part, mask: Uint8Array, grey: GreyLevels): Comparison {
  const level = mean(levelsAround(part, grey, (at) => mask[at] === 1));
  const ground = levelsAround(part, grey, (at) => mask[at] === 0);
  const brighter = ground.filter((each) => each > level + BRIGHTER).length / Math.max(1, ground.length);
  return { level, contrast: level - mean(ground), brighter };
}

/** Levels of some pixels in a part's box and one pixel around it. */
function levelsAround(part: Part, { width, height, levels }: GreyLevels, isWanted: (at: number) => boolean): number[] {
  const found: number[] = [];
  const right = Math.min(width - 1, part.x + part.width);
  const bottom = Math.min(height - 1, part.y + part.height);
  for (let y = Math.max(0, part.y - 1); y <= bottom; y++) {
    for (let x = Math.max(0, part.x - 1); x <= right; x++) {
      const at = y * width + x;
      if (isWanted(at)) found.push(levels[at] ?? 0);
    }
  }
  return found;
}

function mean(numbers: readonly number[]): number {
  return numbers.length === 0 ? 0 : numbers.reduce((sum, each) => sum + each, 0) / numbers.length;
}
