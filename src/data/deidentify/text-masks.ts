import type { GreyLevels } from './grey-levels.ts';
import { standOut } from './stand-out.ts';

/** Text with soft edges, or on a dark ground, hangs together above one of these contrasts. */
const CONTRASTS = [40, 90];
/** Text in noise or anatomy hangs together among the pixels of its own shade, within this on either side. */
const SHADE_SLACK = 10;
const FIRST_SHADE = 60;
const SHADE_STEP = 13;
/** Least contrast of a pixel of text. */
const MIN_CONTRAST = 30;

/** Masks of zeros and ones; in at least one of them the glyphs of bright text stand apart. */
export function textMasks(grey: GreyLevels): Uint8Array[] {
  const contrast = standOut(grey);
  const standing = pixelsAbove(contrast, MIN_CONTRAST);
  const maskOf = (isText: (at: number) => boolean): Uint8Array => {
    const mask = new Uint8Array(contrast.length);
    for (const at of standing) if (isText(at)) mask[at] = 1;
    return mask;
  };
  const masks = CONTRASTS.map((least) => maskOf((at) => (contrast[at] ?? 0) >= least));
  for (let shade = FIRST_SHADE; shade <= 255; shade += SHADE_STEP) {
    masks.push(maskOf((at) => Math.abs((grey.levels[at] ?? 0) - shade) <= SHADE_SLACK));
  }
  return masks;
}

function pixelsAbove(numbers: Uint8Array, least: number): number[] {
  const found: number[] = [];
  for (let at = 0; at < numbers.length; at++) if ((numbers[at] ?? 0) >= least) found.push(at);
  return found;
}
