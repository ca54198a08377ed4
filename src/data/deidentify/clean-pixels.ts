import { DataError } from '../data-error.ts';
import { blankRegions } from './blank-regions.ts';
import { openDecodedPixels } from './decoded-pixels.ts';
import { type DicomFile, textOf } from './dicom-element.ts';
import { findBurnedInText } from './find-burned-in-text.ts';
import { openNativePixels } from './native-pixels.ts';
import { type OpenPixels, PIXEL_DATA } from './open-pixels.ts';
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
/** Frames that are looked at one by one: a banner stands in all of them, and a long loop would take minutes. */
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
  const pixels = await openPixels(path, file);
  for (const plane of pixels.planes) blankRegions(plane, regions);
  const found = textIn(pixels.planes);
  if (policy === 'refuse') refuseText(found, isStated(file) && regions.length === 0);
  for (const plane of pixels.planes) blankRegions(plane, found);
  const isChanged = regions.length + found.length > 0;
  return { file: isChanged ? pixels.rewritten() : file, pixelsCleaned: policy === 'blank' || regions.length > 0 };
}

async function openPixels(path: string, file: DicomFile): Promise<OpenPixels> {
  const remedy = 'or use --pixels keep once you have looked';
  if (hasOverlayWithin(file)) {
    throw refusal('it has an overlay in the unused bits of its pixels', `take the overlay out, ${remedy}`);
  }
  const pixels = openNativePixels(file) ?? (await openDecodedPixels(path, file));
  if (pixels === undefined) throw refusal('its pixels are in a form that is not looked at', `convert it, ${remedy}`);
  return pixels;
}

function isStated({ dataset }: DicomFile): boolean {
  return textOf(dataset, BURNED_IN_ANNOTATION) === 'YES';
}

/** Retired, but met: the removal of overlay data does not reach such a plane (PS3.5, 8.1.2). */
function hasOverlayWithin({ dataset }: DicomFile): boolean {
  const positions = dataset.filter(
    ({ tag }) => tag >>> 24 === OVERLAY_GROUPS && (tag & 0xffff) === OVERLAY_BIT_POSITION,
  );
  return positions.some(({ value }) => value.kind === 'bytes' && value.bytes.some((byte) => byte !== 0));
}

/** In frames evenly spread, and, where that leaves some out, in what is brightest and darkest over all of them. */
function textIn(planes: readonly PixelImage[]): Region[] {
  const step = Math.max(1, Math.ceil(planes.length / MAX_FRAMES_LOOKED_AT));
  const looked = planes.filter((_, index) => index % step === 0);
  const extremes = step === 1 ? [] : [overAll(planes, Math.max), overAll(planes, Math.min)];
  return [...looked, ...extremes].flatMap(findBurnedInText);
}

/** One image of the extreme value that each pixel has in any frame. */
function overAll(planes: readonly PixelImage[], choose: (a: number, b: number) => number): PixelImage {
  const [first, ...others] = planes;
  if (first === undefined) return { width: 0, height: 0, channels: 1, values: new Uint8Array() };
  const values = Float32Array.from(first.values);
  for (const other of others) {
    for (let at = 0; at < values.length; at++) values[at] = choose(values[at] ?? 0, other.values[at] ?? 0);
  }
  return { ...first, values };
}

function refuseText(found: readonly Region[], isStated: boolean): void {
  if (found.length > 0 || isStated)
    throw refusal(whatIsThere(found), 'use --pixels blank, or name regions with --blank');
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
