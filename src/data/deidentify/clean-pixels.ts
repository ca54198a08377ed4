import { DataError } from '../data-error.ts';
import { blankRegions } from './blank-regions.ts';
import { type DicomFile, textOf } from './dicom-element.ts';
import { findBurnedInText } from './find-burned-in-text.ts';
import { nativeFrames, PIXEL_DATA, withFrames } from './native-frames.ts';
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
/** Frames that are looked at, evenly spread; a banner stands in all of them. */
const MAX_FRAMES_LOOKED_AT = 12;

/**
 * Looks for burned-in text and deals with it (PS3.15, E.3.1). Native pixels keep their transfer syntax.
 * @throws DataError `data/burned-in` if there is text that the policy refuses, or the pixels cannot be looked at
 */
export function cleanPixels(file: DicomFile, { policy, regions }: PixelOptions): CleanedPixels {
  const hasPixels = file.dataset.some(({ tag }) => tag === PIXEL_DATA);
  if (policy === 'keep' || !hasPixels) return { file, pixelsCleaned: false };
  const frames = nativeFrames(file);
  if (frames === undefined) {
    throw refusal(
      'its pixels are compressed, or in a form that cannot be looked at',
      'decompress it, or use --pixels keep once you have looked',
    );
  }
  for (const plane of frames.planes) blankRegions(plane, regions);
  const found = textIn(frames.planes);
  if (policy === 'refuse') {
    const isStated = textOf(file.dataset, BURNED_IN_ANNOTATION) === 'YES' && regions.length === 0;
    if (found.length > 0 || isStated)
      throw refusal(whatIsThere(found), 'use --pixels blank, or name regions with --blank');
  }
  for (const plane of frames.planes) blankRegions(plane, found);
  const isChanged = regions.length + found.length > 0;
  const dataset = isChanged ? withFrames(file.dataset, frames) : file.dataset;
  return { file: { ...file, dataset }, pixelsCleaned: policy === 'blank' || regions.length > 0 };
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
