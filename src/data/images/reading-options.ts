import type { ImageSize } from './resample.ts';

/** How the images of a folder or file become numbers. Sent to the process that reads, so it is plain data. */
export interface ReadingOptions {
  /** DICOM tag whose value is the label, as eight hexadecimal digits; null if the label comes from elsewhere. */
  readonly labelTag: string | null;
  /**
   * Which raw value becomes black and which white: `file` as the file says (the smallest and largest value of the image where it
   * says nothing), `range` always the smallest and largest, or a given centre and width (in Hounsfield units for CT).
   */
  readonly window: 'file' | 'range' | { readonly centre: number; readonly width: number };
  /** Which frames of a multi-frame file, or slices of a volume, become records; a number counts from 0. */
  readonly frames: 'all' | 'middle' | number;
  /** What becomes of DICOM images in which text is or may be burned in; `blank` goes for PNG and JPEG too. */
  readonly burnedIn: 'refuse' | 'blank' | 'ignore';
  /** Whether DICOM files are asked for sex and age. */
  readonly demographics?: boolean;
  /** What every image is brought to; null keeps the files' own sizes. */
  readonly size: ImageSize | null;
}

/** The places of the frames asked for, among `count`; empty if there is no such frame. */
export function chosenFrames(frames: ReadingOptions['frames'], count: number): number[] {
  if (frames === 'all') return Array.from({ length: count }, (_, index) => index);
  const place = frames === 'middle' ? Math.floor(count / 2) : frames;
  return place < count ? [place] : [];
}
