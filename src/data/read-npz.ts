import { fileError } from './data-error.ts';
import { type Dataset, type InputScaling, scaleInputs } from './dataset.ts';
import { type NpzPart, readNpzPart } from './npz-part.ts';
import { readRegularFile } from './read-file.ts';
import { readZip } from './zip-archive.ts';

/** The three parts of a MedMNIST file, as its authors divided them. */
export interface NpzParts {
  readonly training: Dataset;
  readonly validation: Dataset;
  readonly test: Dataset;
}

/** Bytes 0 … 255 become −1 … 1. */
const pixelScaling: InputScaling = { offset: [127.5], scale: [1 / 127.5] };

/**
 * Reads a file in MedMNIST layout: arrays `train_images`, `train_labels`, and the same for `val` and `test`; uint8
 * images (N, H, W) or (N, H, W, 3), integer labels (N) or (N, 1). Classes are those of the training part.
 * @throws DataError naming the file, what is wrong with it, at which byte, and what to do
 */
export async function readNpz(path: string): Promise<NpzParts> {
  const archive = readZip(path, await readRegularFile(path));
  const [train, val, test] = ['train', 'val', 'test'].map((name) => readNpzPart(path, archive, name)) as [
    NpzPart,
    NpzPart,
    NpzPart,
  ];
  const classes = countClasses(path, train);
  const finish = (part: NpzPart): Dataset => {
    if (part.shape.join() !== train.shape.join()) {
      const reason = `${part.name}_images has images of [${part.shape}], train_images of [${train.shape}]`;
      const remedy = 'give a file in MedMNIST layout';
      throw fileError('data/bad-array', path, { reason, remedy, offset: part.offsets.images });
    }
    return toDataset(path, part, classes);
  };
  return { training: finish(train), validation: finish(val), test: finish(test) };
}

/** Labels of the training part must be 0 … classes − 1 without a gap. */
function countClasses(path: string, part: NpzPart): number {
  const { labels, offsets } = part;
  const present = new Set(Array.from(labels));
  const classes = present.size;
  const stray = [...present].find((label) => label < 0 || label >= classes || classes > 256);
  if (stray !== undefined) throw outOfRange(path, part, stray, classes);
  if (classes < 2)
    throw fileError('data/single-class', path, {
      reason: 'has one class only',
      remedy: 'give a file with at least two classes',
      offset: offsets.labels,
    });
  return classes;
}

function toDataset(path: string, part: NpzPart, classes: number): Dataset {
  const { pixels, shape, labels } = part;
  const stray = Array.from(labels).find((label) => label < 0 || label >= classes);
  if (stray !== undefined) throw outOfRange(path, part, stray, classes);
  return {
    inputs: scaleInputs(pixels, pixelScaling),
    labels: Uint8Array.from(labels),
    samples: labels.length,
    inputShape: shape,
    classes,
    classNames: Array.from({ length: classes }, (_, index) => `class ${index}`),
    inputScaling: pixelScaling,
  };
}

function outOfRange(path: string, { name, offsets }: NpzPart, label: number, classes: number) {
  const reason = `${name}_labels holds ${label}, but train_labels has ${classes} classes`;
  const remedy = 'number the classes from 0 without a gap';
  return fileError('data/label-out-of-range', path, { reason, remedy, offset: offsets.labels });
}
