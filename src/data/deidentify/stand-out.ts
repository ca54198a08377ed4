import type { GreyLevels } from './grey-levels.ts';

/** Side, in pixels, of the square that fits into no stroke of text. */
const SIDE = 9;

/**
 * How much each pixel is brighter than the ground of a thin structure there: the white top-hat transform, image minus its
 * opening by a square (Serra, Image Analysis and Mathematical Morphology, 1982). Strokes of text stay, areas vanish.
 * All is zero in an image that the square does not fit into.
 */
export function standOut({ width, height, levels }: GreyLevels): Uint8Array {
  if (width < SIDE || height < SIDE) return new Uint8Array(levels.length);
  const opened = dilated(dilated(eroded({ width, height, levels }), 1), width);
  return levels.map((level, at) => level - (opened[at] ?? 0));
}

/** The least level of the square whose upper left corner is at each pixel; zero where it leaves the image. */
function eroded({ width, height, levels }: GreyLevels): Uint8Array {
  const least = leastAhead(leastAhead(levels, 1), width);
  for (let y = 0; y < height; y++) least.fill(0, (y + 1) * width - SIDE + 1, (y + 1) * width);
  return least.fill(0, (height - SIDE + 1) * width);
}

/** The least of `SIDE` numbers from each position on, `stride` apart: of two, then of two such pairs, and so on. */
function leastAhead(numbers: Uint8Array, stride: number): Uint8Array {
  const least = numbers.slice();
  for (const shift of shifts(stride)) {
    for (let at = 0; at + shift < least.length; at++) {
      const ahead = least[at + shift] ?? 0;
      if (ahead < (least[at] ?? 0)) least[at] = ahead;
    }
  }
  return least;
}

/**
 * The greatest of `SIDE` numbers up to each position. What would run over into another row are the zeros at its end.
 */
function dilated(numbers: Uint8Array, stride: number): Uint8Array {
  const most = numbers.slice();
  for (const shift of shifts(stride)) {
    for (let at = most.length - 1; at >= shift; at--) {
      const behind = most[at - shift] ?? 0;
      if (behind > (most[at] ?? 0)) most[at] = behind;
    }
  }
  return most;
}

/** Shifts that make a window of `SIDE` out of windows of half the size. */
function shifts(stride: number): number[] {
  const found: number[] = [];
  for (let side = 1; side < SIDE; side = Math.min(SIDE, 2 * side)) found.push(Math.min(side, SIDE - side) * stride);
  return found;
}
