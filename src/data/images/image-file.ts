import type { PixelImage } from '../deidentify/pixel-image.ts';
import type { Demographics } from '../demographics.ts';

/** A picture of black (0) to white (1). */
export interface UnitImage extends PixelImage {
  readonly values: Float32Array;
}

/** One image out of a file. */
export interface ImagePart {
  /** Which frame, slice or sample of the file, in words; null if the file is one image. */
  readonly part: string | null;
  /** The class, where the file itself says it. */
  readonly label: string | null;
  readonly image: UnitImage;
}

/** What is let out of an image file: pixels, a label that was asked for, who the patient is, and sex and age if they were asked for. */
export interface ImageFile {
  readonly patient: string | null;
  readonly demographics?: Demographics;
  /** Decoded one at a time, as they are taken. */
  readonly parts: Iterable<ImagePart>;
}
