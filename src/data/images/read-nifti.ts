import type { ImageFile, ImagePart } from './image-file.ts';
import { type NiftiVolume, openNifti } from './nifti-volume.ts';
import { chosenFrames, type ReadingOptions } from './reading-options.ts';
import { unitRange } from './unit-range.ts';

/**
 * The slices of a NIfTI-1 or NIfTI-2 volume along its third axis (and further ones), as they are stored: first axis to the
 * right, second downwards. Voxels are rescaled as the header says; without a window the smallest and largest value of each
 * slice become black and white.
 * @throws DataError `data/bad-image`, `data/unsupported-image` or `data/too-large`
 */
export function readNifti(path: string, bytes: Buffer, options: ReadingOptions): ImageFile {
  const volume = openNifti(path, bytes);
  return { patient: null, parts: slicesOf(volume, options) };
}

function* slicesOf(volume: NiftiVolume, { frames, window }: ReadingOptions): Generator<ImagePart> {
  const { width, height } = volume;
  for (const slice of chosenFrames(frames, volume.slices)) {
    const values = readSlice(volume, slice);
    if (typeof window === 'string') unitRange(values);
    else values.forEach((value, index) => (values[index] = clamp((value - window.centre) / window.width + 0.5)));
    const part = volume.slices === 1 ? null : `slice ${slice + 1}`;
    yield { part, label: null, image: { width, height, channels: 1, values } };
  }
}

/** Voxels that are no number, as around a brain cut out, become the smallest value. */
function readSlice(
  { view, isLittle, start, voxel, width, height, slope, intercept }: NiftiVolume,
  slice: number,
): Float32Array {
  const [size, read] = voxel;
  const first = start + slice * width * height * size;
  const values = new Float32Array(width * height);
  let least = Number.POSITIVE_INFINITY;
  for (let index = 0; index < values.length; index++) {
    const value = read(view, first + index * size, isLittle) * slope + intercept;
    values[index] = value;
    if (Number.isFinite(values[index]) && value < least) least = value;
  }
  const lowest = Number.isFinite(least) ? least : 0;
  return values.map((value) => (Number.isFinite(value) ? value : lowest));
}

function clamp(value: number): number {
  return Math.min(1, Math.max(0, value));
}
