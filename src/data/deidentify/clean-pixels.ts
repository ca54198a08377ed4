import { DataError } from '../data-error.ts';
import { blankRegions } from './blank-regions.ts';
import { openDecodedPixels } from './decoded-pixels.ts';
import { type DicomFile, textOf } from './dicom-element.ts';
import { findBurnedInText } from './find-burned-in-text.ts';
import { openNativePixels } from './native-pixels.ts';
import { PIXEL_DATA } from './open-pixels.ts';
import type { PixelImage, Region } from './pixel-image.ts';

/**
 * What happens to text in the pixels: the file is refused; the text is blanked; the pixels are left alone, on the word of
 * whoever says that they have looked.
 */
export type PixelPolicy = 'refuse' | 'blank' | 'keep';

export interface PixelOptions {
  readonly policy: PixelPolicy;
  /** Blanked in every frame, whatever is in them; not with `keep`. */
  readonly regions: readonly Region[];
}

export interface CleanedPixels {
  readonly file: DicomFile;
  /** True if something was, or would have been, blanked: the file may state that no text is burned in. */
  readonly pixelsCleaned: boolean;
}

const BURNED_IN_ANNOTATION = 0x00280301;
const OVERLAY_GROUPS = 0x60;
const OVERLAY_BIT_POSITION = 0x0102;
/** Frames that are looked at, evenly spread; a banner stands in all of them. */
const MAX_FRAMES_LOOKED_AT = 12;

/**
 * Looks for burned-in text and deals with it (PS3.15, E.3.1). Compressed pixels are decoded, and stay decoded if anything is blanked;
 * otherwise all bytes stay what they are.
 * @param path the file's, for messages
 * @throws DataError `data/burned-in` if there is text that the policy refuses, or the pixels cannot be looked at; `data/bad-image` and
 * its like if they are damaged
 */
export async function cleanPixels(
  path: string,
  file: DicomFile,
  { policy, regions }: PixelOptions,
): Promise<CleanedPixels> {
  const hasPixels = file.dataset.some(({ tag }) => tag === PIXEL_DATA);
  if (policy === 'keep' || !hasPixels) return { file, pixelsCleaned: false };
  if (hasOverlayWithin(file)) {
    throw refusal(
      'it has an overlay in the unused bits of its pixels',
      'take the overlay out, or use --pixels keep once you have looked',
    );
  }
  const pixels = openNativePixels(file) ?? (await openDecodedPixels(path, file));
  if (pixels === undefined) {
    throw refusal(
      'its pixels are in a form that is not looked at',
      'convert it, or use --pixels keep once you have looked',
    );
  }
  for (const plane of pixels.planes) blankRegions(plane, regions);
  const found = textIn(pixels.planes);
  if (policy === 'refuse') {
    const isStated = textOf(file.dataset, BURNED_IN_ANNOTATION) === 'YES' && regions.length === 0;
    if (found.length > 0 || isStated)
      throw refusal(whatIsThere(found), 'use --pixels blank, or name regions with --blank');
  }
  for (const plane of pixels.planes) blankRegions(plane, found);
  const isChanged = regions.length + found.length > 0;
  return { file: isChanged ? pixels.rewritten() : file, pixelsCleaned: policy === 'blank' || regions.length > 0 };
}

/** Retired, but met: the removal of overlay data does not reach such a plane (PS3.5, 8.1.2). */
function hasOverlayWithin({ dataset }: DicomFile): boolean {
  const positions = dataset.filter(
    ({ tag }) => tag >>> 24 === OVERLAY_GROUPS && (tag & 0xffff) === OVERLAY_BIT_POSITION,
  );
  return positions.some(({ value }) => value.kind === 'bytes' && value.bytes.some((byte) => byte !== 0));
}

function textIn(planes: readonly PixelImage[]): Region[] {
  const step = Math.max(1, Math.ceil(planes.length / MAX_FRAMES_LOOKED_AT));
  return planes.filter((_, index) => index % step === 0).flatMap(findBurnedInText);
}

function whatIsThere(found: readonly Region[]): string {
  const places = found.slice(0, 3).map(({ x, y, width, height }) => `${x},${y},${width},${height}`);
  return found.length === 0
    ? 'it states that text is burned into its pixels'
    : `there may be text in its pixels, at ${places.join(' ')}`;
}

function refusal(reason: string, remedy: string): DataError {
  return new DataError('data/burned-in', `${reason}; ${remedy}`);
}
