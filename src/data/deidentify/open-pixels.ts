import type { DicomFile } from './dicom-element.ts';
import type { PixelImage } from './pixel-image.ts';

export const PIXEL_DATA = 0x7fe00010;

/** A copy of a file's pixels that can be looked at and written over. */
export interface OpenPixels {
  /** One for each frame, or for each colour plane of a frame. */
  readonly planes: readonly PixelImage[];
  /** The file with the pixels as they are now. */
  rewritten(): DicomFile;
}
