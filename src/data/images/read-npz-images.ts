import { fileError } from '../data-error.ts';
import { type NpzPart, readNpzPart } from '../npz-part.ts';
import { readZip } from '../zip-archive.ts';
import type { ImageFile, ImagePart } from './image-file.ts';

const PARTS = ['train', 'val', 'test'] as const;
const ZIP_START = Buffer.from('PK', 'latin1');

/** True if the file starts as a ZIP archive does. */
export function isNpz(bytes: Buffer): boolean {
  return bytes.subarray(0, 2).equals(ZIP_START);
}

/**
 * The images of a file in MedMNIST layout, grey or colour, of any size, each with its own label. Parts that the file lacks
 * are left out, as long as there is one.
 * @throws DataError as `readZip` and `readNpzPart` do
 */
export function readNpzImages(path: string, bytes: Buffer): ImageFile {
  const archive = readZip(path, bytes);
  const present = PARTS.filter((name) => archive.members.has(`${name}_images.npy`));
  if (present.length === 0) {
    const remedy = 'give a file in MedMNIST layout';
    throw fileError('data/missing-array', path, {
      reason: 'has no array train_images, val_images or test_images',
      remedy,
      offset: archive.directoryOffset,
    });
  }
  const parts = present.map((name) => readNpzPart(path, archive, name));
  return { patient: null, parts: imageParts(parts) };
}

function* imageParts(parts: readonly NpzPart[]): Generator<ImagePart> {
  for (const { name, pixels, shape, labels } of parts) {
    const [height = 0, width = 0, channels = 1] = shape;
    const length = height * width * channels;
    for (let sample = 0; sample < labels.length; sample++) {
      const values = Float32Array.from(pixels.subarray(sample * length, (sample + 1) * length), (byte) => byte / 255);
      const label = String(labels[sample]);
      yield { part: `${name} ${sample + 1}`, label, image: { width, height, channels, values } };
    }
  }
}
