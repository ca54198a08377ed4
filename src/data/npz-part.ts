import { fileError } from './data-error.ts';
import { checkFrameSize } from './images/image-error.ts';
import { MAX_FRAME_VALUES, MAX_SIDE_PIXELS } from './images/image-limits.ts';
import { type IntegerArray, parseNpy } from './npy-array.ts';
import type { ZipArchive } from './zip-archive.ts';

/** Images and labels of one part as they were stored. */
export interface NpzPart {
  readonly name: string;
  readonly pixels: Uint8Array;
  /** [height, width, channels]. */
  readonly shape: readonly number[];
  readonly labels: ArrayLike<number>;
  /** Where the members lie in the archive. */
  readonly offsets: { readonly images: number; readonly labels: number };
}

/**
 * One part of a file in MedMNIST layout: uint8 images (N, H, W) or (N, H, W, 3), integer labels (N) or (N, 1).
 * @param name `train`, `val` or `test`
 * @throws DataError `data/missing-array`, `data/bad-array`, `data/count-mismatch` or `data/too-large`, with the offset of the member
 */
export function readNpzPart(path: string, { members, directoryOffset }: ZipArchive, name: string): NpzPart {
  const array = (suffix: string, type?: string): IntegerArray & { readonly offset: number } => {
    const member = members.get(`${name}_${suffix}.npy`);
    if (member) {
      const { bytes, offset } = member;
      return { ...parseNpy({ file: path, array: `${name}_${suffix}`, offset }, bytes, type), offset };
    }
    throw fileError('data/missing-array', path, {
      reason: `has no array ${name}_${suffix}`,
      remedy: 'give a file in MedMNIST layout',
      offset: directoryOffset,
    });
  };
  const images = array('images', '|u1');
  const labels = array('labels');
  const [samples = 0, height = 0, width = 0, channels = 1] = images.shape;
  if (images.shape.length < 3 || ![1, 3].includes(channels) || samples * height * width === 0) {
    const reason = `${name}_images has shape (${images.shape}), not (N, H, W) or (N, H, W, 3)`;
    throw bad(path, reason, images.offset);
  }
  const { offset } = images;
  checkFrameSize(path, [height, width, channels], { side: MAX_SIDE_PIXELS, values: MAX_FRAME_VALUES, offset });
  if (labels.shape.length === 0 || labels.shape.slice(1).some((side) => side !== 1)) {
    const reason = `${name}_labels has shape (${labels.shape}), not (N) or (N, 1): one label per image`;
    throw bad(path, reason, labels.offset);
  }
  if (labels.values.length !== samples) {
    const reason = `${name}_labels has ${labels.values.length} labels for ${samples} images`;
    const remedy = 'give one label per image';
    throw fileError('data/count-mismatch', path, { reason, remedy, offset: labels.offset });
  }
  return {
    name,
    pixels: images.values as Uint8Array,
    shape: [height, width, channels],
    labels: labels.values,
    offsets: { images: offset, labels: labels.offset },
  };
}

function bad(path: string, reason: string, offset: number) {
  return fileError('data/bad-array', path, { reason, remedy: 'give a file in MedMNIST layout', offset });
}
